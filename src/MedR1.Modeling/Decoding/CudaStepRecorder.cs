using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// A decode step in bfloat16 on a GPU with few kernels: each recorded operation is launched at once. A decoder layer takes seven
/// kernels instead of sixteen. Products with up to 16 rows use kernels that read the weights at memory bandwidth, others use
/// libtorch. Results are rounded at the same points as by a layer's operators.
/// </summary>
internal sealed unsafe partial class CudaStepRecorder : StepRecorder
{
    // Not every GPU has enough registers for more threads.
    private const int MostThreadsOfSum = 512;

    private readonly DecodeTablePattern _pattern;
    private readonly CudaKernels _kernels;
    private readonly int _rows;

    private CudaStepRecorder(DecodeTablePattern pattern, CudaKernels kernels)
    {
        _pattern = pattern;
        _kernels = kernels;
        _rows = pattern.Shape.Places;
    }

    private Device Device => _pattern.Cache.Device;

    /// <summary>Begins a step; returns <see langword="null"/> if there are no kernels for its data type and device.</summary>
    public static CudaStepRecorder? TryCreate(DecodeTablePattern pattern) =>
        pattern.Cache.DataType == ScalarType.BFloat16 && !is_grad_enabled()
        && CudaKernels.For(pattern.Cache.Device) is { HasSteps: true } kernels ? new CudaStepRecorder(pattern, kernels) : null;

    /// <inheritdoc/>
    public override bool Takes(IEnumerable<IAdaptableLayer> layers) => layers.All(layer =>
        layer.Kind == AdaptableLayerKind.Linear
        || (layer.Kind == AdaptableLayerKind.Normalization && Holds(WeightOf(layer)) && layer.Weight.shape[0] % 8 == 0));

    /// <inheritdoc/>
    public override StepValues Given(Tensor values) =>
        new CudaStepValues(Checked(values, _rows, ScalarType.BFloat16, Device), isGiven: true);

    /// <inheritdoc/>
    public override StepValues Normalize(StepValues input, RmsNormalization layer)
    {
        CudaStepValues rows = Own<CudaStepValues>(input);
        if (PartsOf(rows, layer) > 1)
        {
            using Tensor heads = Settled(rows).view(-1, layer.Weight.shape[0]);
            using Tensor normalised = FusedOperators.RmsNorm(heads, WeightOf(layer), layer.Epsilon);
            return new CudaStepValues(normalised.view(_rows, -1));
        }

        if (rows.Pending is not { } sum)
        {
            return new CudaStepValues(FusedOperators.RmsNorm(rows.Tensor, WeightOf(layer), layer.Epsilon));
        }

        CudaStepValues result = new(empty_like(rows.Tensor));
        Add(sum, rows.Tensor, WeightOf(layer), result.Tensor, layer.Epsilon);
        rows.Settle();
        return result;
    }

    /// <inheritdoc/>
    public override StepValues Attend(int layer, StepValues queries, StepValues keys, StepValues values, RotaryTable table)
    {
        RequireHeads(
            _pattern.Cache, _rows, Own<CudaStepValues>(queries), Own<CudaStepValues>(keys), Own<CudaStepValues>(values), table);
        using DisposeScope scope = NewDisposeScope();
        Tensor q = Heads(queries), k = Heads(keys), v = Heads(values);
        Tensor attended = CudaDecodeAttention.Turns(_pattern.Cache, q.shape[1])
            ? CudaDecodeAttention.AttendTurned(q, k, v, table, layer, _pattern)
            : _pattern.Attend(layer, table.Rotate(q), table.Rotate(k), v);
        return new CudaStepValues(attended.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public override void Run()
    {
    }

    private Tensor Heads(StepValues values) => Settled(values).view(_rows, -1, _pattern.Cache.HeadSize);

    private Tensor SettledFor(StepValues input, params ReadOnlySpan<IAdaptableLayer> layers)
    {
        Tensor rows = Settled(input);
        foreach (IAdaptableLayer layer in layers)
        {
            RequireInput(input, layer);
        }

        return rows;
    }

    private Tensor Settled(StepValues values)
    {
        CudaStepValues rows = Own<CudaStepValues>(values);
        if (rows.Pending is { } sum)
        {
            Add(sum, rows.Tensor, null, null, 0);
            rows.Settle();
        }

        return rows.Tensor;
    }

    // Computes a deferred sum, and normalises it if there is a gain.
    private void Add(CudaPendingSum pending, Tensor sum, Tensor? gain, Tensor? normalised, double epsilon)
    {
        int width = (int)sum.shape[1];
        CudaStepArguments.Addition addition = new()
        {
            Residual = TensorMemory.AddressOf(pending.Residual),
            Added = AddressOf(pending.Added),
            Partial = AddressOf(pending.Partial),
            Layer = pending.Layer with { Outputs = width },
            Sum = TensorMemory.AddressOf(sum),
            Gain = AddressOf(gain),
            Normalised = AddressOf(normalised),
            Parts = (int)(pending.Partial?.shape[0] ?? 0),
            Rows = _rows,
            Epsilon = (float)epsilon,
        };
        void** arguments = stackalloc void*[] { &addition };
        int threads = CudaKernels.ThreadsForRow(width, MostThreadsOfSum);
        _kernels.LaunchStep("add", (_rows, 1), threads, arguments);
    }

    private static nint AddressOf(Tensor? tensor) => tensor is null ? 0 : TensorMemory.AddressOf(tensor);

    // The kernels read eight elements at a time, in their stored layout.
    private static bool Holds(Tensor parameter) => parameter.dtype == ScalarType.BFloat16 && IsReadable(parameter);

    private static bool IsReadable(Tensor parameter) =>
        parameter.device_type == DeviceType.CUDA && parameter.is_contiguous() && TensorMemory.AddressOf(parameter) % 16 == 0;
}
