using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <content>What a step can be made of.</content>
public sealed unsafe partial class StepRecorder
{
    /// <summary>
    /// Whether there are kernels for layers as they are at the moment: an adapter may be a low-rank update, merged or not,
    /// or parameters of the layers' type in place of their own.
    /// </summary>
    /// <param name="layers">Projections, norms and a tied head on the CPU.</param>
    public bool Takes(IEnumerable<IAdaptableLayer> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        return layers.All(Takes);
    }

    /// <summary>Takes values that are there already.</summary>
    /// <param name="values"><c>[rows, width]</c> in the type of the step; they must not change before it has run.</param>
    public StepValues Given(Tensor values) => new(null, AddressOf(Checked(values)), (int)values.shape[1], phase: -1);

    /// <summary>Normalises rows.</summary>
    public StepValues Normalise(StepValues input, RmsNormalization layer)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(layer);
        int phase = PhaseAfter(input);
        StepValues result = Make(input.Width, phase);
        RowNormalization.Job job = new()
        {
            Input = input.Address,
            Gain = AddressOf(WeightOf(layer)),
            Result = result.Address,
            Rows = _rows,
            Width = input.Width,
            Epsilon = (float)layer.Epsilon,
        };
        int parts = RowNormalization.Divide(ref job);
        Record(phase, job, IsBrainFloat ? &RowNormalization.Compute<ushort> : &RowNormalization.Compute<float>, parts);
        return result;
    }

    /// <summary>Adds rows.</summary>
    public StepValues Add(StepValues left, StepValues right) => Map<SumFunction>(left, right);

    /// <summary><c>silu(gate) · up</c></summary>
    public StepValues Gate(StepValues gate, StepValues up) => Map<GateFunction>(gate, up);

    /// <summary>Turns the heads of rows in place.</summary>
    /// <param name="vectors"><c>[rows, heads · d]</c></param>
    /// <param name="table">Cosines and sines of the rows, in the type of the step.</param>
    public void Rotate(StepValues vectors, RotaryTable table)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        ArgumentNullException.ThrowIfNull(table);
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

    /// <summary>Writes the rows' keys and values behind their others in the cache and attends.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="queries"><c>[rows, heads · d]</c></param>
    /// <param name="keys"><c>[rows, key-value heads · d]</c></param>
    /// <param name="values"><c>[rows, key-value heads · d]</c></param>
    /// <returns><c>[rows, heads · d]</c></returns>
    public StepValues Attend(int layer, StepValues queries, StepValues keys, StepValues values)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        int phase = PhaseAfter(queries, keys, values);
        StepValues result = Make(queries.Width, phase);
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

    private StepValues Map<TFunction>(StepValues x, StepValues y)
        where TFunction : IVectorFunction
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        int phase = PhaseAfter(x, y);
        StepValues result = Make(x.Width, phase);
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

    private Tensor Checked(Tensor values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return values.dtype == _type && values.device_type == DeviceType.CPU && values.dim() == 2
            && values.shape[0] == _rows && values.is_contiguous()
            ? values
            : throw new ArgumentException(
                $"Expected contiguous {_type} values of shape [{_rows}, width] on the CPU, but got {values.dtype} of shape "
                + $"[{string.Join(", ", values.shape)}] on {values.device}.",
                nameof(values));
    }
}
