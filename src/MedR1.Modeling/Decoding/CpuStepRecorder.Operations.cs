using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <content>The operations of a step.</content>
internal sealed unsafe partial class CpuStepRecorder
{
    /// <inheritdoc/>
    public override bool Takes(IEnumerable<IAdaptableLayer> layers) => layers.All(Takes);

    /// <inheritdoc/>
    public override StepValues Given(Tensor values) =>
        new CpuStepValues(null, AddressOf(Checked(values, _rows, _type, CPU)), (int)values.shape[1], phase: -1);

    /// <inheritdoc/>
    public override StepValues Normalize(StepValues input, RmsNormalization layer)
    {
        CpuStepValues rows = Own<CpuStepValues>(input);
        int parts = PartsOf(rows, layer);
        int phase = PhaseAfter(rows);
        CpuStepValues result = Make(rows.Width, phase);
        RowNormalization.Job job = new()
        {
            Input = rows.Address,
            Gain = AddressOf(WeightOf(layer)),
            Result = result.Address,
            Rows = _rows * parts,
            Width = rows.Width / parts,
            Epsilon = (float)layer.Epsilon,
        };
        int count = RowNormalization.Divide(ref job);
        Record(phase, job, IsBrainFloat ? &RowNormalization.Compute<ushort> : &RowNormalization.Compute<float>, count);
        return result;
    }

    /// <inheritdoc/>
    public override StepValues ProjectGated(StepValues input, IAdaptableLayer gate, IAdaptableLayer up)
    {
        RequireOutput(gate.Weight.size(0), up);
        using CpuStepValues opening = Project(Own<CpuStepValues>(input), gate);
        using CpuStepValues opened = Project(Own<CpuStepValues>(input), up);
        return Map<GateFunction>(opening, opened);
    }

    /// <inheritdoc/>
    public override StepValues AddProjected(StepValues residual, StepValues input, IAdaptableLayer layer)
    {
        RequireOutput(Own<CpuStepValues>(residual).Width, layer);
        using CpuStepValues projected = Project(Own<CpuStepValues>(input), layer);
        return Add(residual, projected);
    }

    /// <inheritdoc/>
    public override StepValues Attend(int layer, StepValues queries, StepValues keys, StepValues values, RotaryTable table)
    {
        CpuStepValues q = Own<CpuStepValues>(queries), k = Own<CpuStepValues>(keys), v = Own<CpuStepValues>(values);
        RequireHeads(_cache, _rows, q, k, v, table);
        Rotate(q, table);
        Rotate(k, table);
        return Attend(layer, q, k, v);
    }

    /// <summary>Adds rows elementwise.</summary>
    public CpuStepValues Add(StepValues left, StepValues right) =>
        Map<SumFunction>(Own<CpuStepValues>(left), Own<CpuStepValues>(right));

    /// <summary>Applies rotary position embeddings to the heads of rows, in place.</summary>
    /// <param name="vectors"><c>[rows, heads · d]</c></param>
    /// <param name="table">Cosines and sines of the rows, in the data type of the step.</param>
    public void Rotate(CpuStepValues vectors, RotaryTable table)
    {
        int phase = PhaseOfChange(vectors);
        RowRotation.Job job = new()
        {
            Vectors = vectors.Address,
            Cosine = AddressOf(table.Cosine),
            SignedSine = AddressOf(table.SignedSine),
            Rows = _rows,
            Heads = vectors.Width / _cache.HeadSize,
            Width = _cache.HeadSize,
        };
        Record(
            phase, job, IsBrainFloat ? &RowRotation.Compute<ushort> : &RowRotation.Compute<float>, RowRotation.Divide(job));
    }

    private CpuStepValues Attend(int layer, CpuStepValues queries, CpuStepValues keys, CpuStepValues values)
    {
        int phase = PhaseAfter(queries, keys, values);
        CpuStepValues result = Make(queries.Width, phase);
        DecodeAttention.Job job = DecodeAttention.JobOf(layer, _cache);
        job.Rows = _planRows;
        job.Runs = _planRuns;
        job.RunCount = _plan.Runs.Length;
        job.Queries = (byte*)queries.Address;
        job.NewKeys = (byte*)keys.Address;
        job.NewValues = (byte*)values.Address;
        job.Result = (byte*)result.Address;
        job.QueriesPerHead = queries.Width / _cache.HeadSize / _cache.KeyValueHeads;
        Record(phase, job, &DecodeAttention.Compute, DecodeAttention.Divide(job));
        return result;
    }

    private CpuStepValues Map<TFunction>(CpuStepValues x, CpuStepValues y)
        where TFunction : IVectorFunction
    {
        int phase = PhaseAfter(x, y);
        CpuStepValues result = Make(x.Width, phase);
        VectorMap<TFunction>.Job job = new()
        {
            X = x.Address,
            Y = y.Address,
            Target = result.Address,
            Count = (long)_rows * x.Width,
        };
        int parts = VectorMap<TFunction>.Divide(ref job);
        Record(
            phase, job, IsBrainFloat ? &VectorMap<TFunction>.Compute<ushort> : &VectorMap<TFunction>.Compute<float>, parts);
        return result;
    }
}
