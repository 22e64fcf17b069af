using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Records the operations of a decoding step, layer by layer, for kernels that read the weights in their stored layout: of the
/// CPU, which does all of it in one call of its threads, or of a GPU, whose stream gets it at once. Each call here is something
/// a single kernel can do.
/// </summary>
public abstract class StepRecorder
{
    private protected StepRecorder()
    {
    }

    /// <summary>Begins a step.</summary>
    /// <param name="pattern">Its rows, and how they attend.</param>
    /// <returns>A recorder, or <see langword="null"/> if operators are called one by one instead.</returns>
    public static StepRecorder? For(IAttentionPattern pattern) => pattern switch
    {
        DecodePattern rows => CpuStepRecorder.TryCreate(rows),
        DecodeTablePattern table => CudaStepRecorder.TryCreate(table),
        _ => null,
    };

    /// <summary>
    /// Whether there are kernels for the layers in their current state: an adapter may be a low-rank update, merged or not, or
    /// parameters of the layers' data type that replace their own.
    /// </summary>
    /// <param name="layers">Projections, norms and a tied head.</param>
    public abstract bool Takes(IEnumerable<IAdaptableLayer> layers);

    /// <summary>Takes existing values.</summary>
    /// <param name="values"><c>[rows, width]</c> in the data type of the step; they must not change before it has run.</param>
    public abstract StepValues Given(Tensor values);

    /// <summary>Normalises rows.</summary>
    public abstract StepValues Normalise(StepValues input, RmsNormalization layer);

    /// <summary>Applies linear layers, each with its adapter, to one input.</summary>
    /// <param name="input"><c>[rows, input]</c></param>
    /// <param name="layers">The layers, for which <see cref="Takes(IEnumerable{IAdaptableLayer})"/> is true.</param>
    /// <returns><c>[rows, output]</c> for each.</returns>
    public abstract StepValues[] Project(StepValues input, params ReadOnlySpan<IAdaptableLayer> layers);

    /// <summary>Applies a linear layer with its adapter and writes to a tensor.</summary>
    /// <param name="input"><c>[rows, input]</c></param>
    /// <param name="layer">The layer.</param>
    /// <param name="result"><c>[rows, output]</c> in the data type of the step.</param>
    public abstract void ProjectTo(StepValues input, IAdaptableLayer layer, Tensor result);

    /// <summary><c>silu(gate(x)) · up(x)</c></summary>
    /// <param name="input"><c>[rows, input]</c></param>
    /// <param name="gate">A linear layer.</param>
    /// <param name="up">A linear layer with the same number of outputs.</param>
    /// <returns><c>[rows, output]</c></returns>
    public abstract StepValues ProjectGated(StepValues input, IAdaptableLayer gate, IAdaptableLayer up);

    /// <summary><c>residual + layer(x)</c></summary>
    /// <param name="residual"><c>[rows, output]</c></param>
    /// <param name="input"><c>[rows, input]</c></param>
    /// <param name="layer">A linear layer.</param>
    /// <returns><c>[rows, output]</c></returns>
    public abstract StepValues AddProjected(StepValues residual, StepValues input, IAdaptableLayer layer);

    /// <summary>Rotates the heads of queries and keys, appends keys and values to the rows in the cache, and attends.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="queries"><c>[rows, heads · d]</c>, changed in place.</param>
    /// <param name="keys"><c>[rows, key-value heads · d]</c>, changed in place.</param>
    /// <param name="values"><c>[rows, key-value heads · d]</c></param>
    /// <param name="table">Cosines and sines of the rows, in the data type of the step.</param>
    /// <returns><c>[rows, heads · d]</c></returns>
    public abstract StepValues Attend(int layer, StepValues queries, StepValues keys, StepValues values, RotaryTable table);

    /// <summary>Runs whatever has been recorded but not yet run.</summary>
    public abstract void Run();

    // Values of a different recorder are stored elsewhere.
    private protected static TValues Own<TValues>(StepValues values)
        where TValues : StepValues
    {
        ArgumentNullException.ThrowIfNull(values);
        return values as TValues ?? throw new ArgumentException(
            $"These are {values.GetType().Name}, but this step records {typeof(TValues).Name}; give what the same recorder made.",
            nameof(values));
    }

    // What a layer computes with, including an active adapter.
    private protected static Tensor WeightOf(IAdaptableLayer layer) => layer.Adapter?.WeightOr(layer.Weight) ?? layer.Weight;

    private protected static Tensor? BiasOf(IAdaptableLayer layer) =>
        layer.Adapter is null ? layer.Bias : layer.Adapter.BiasOr(layer.Bias);

    private protected static LowRankUpdate? UpdateOf(IAdaptableLayer layer) =>
        layer.Adapter?.Merged is null ? layer.Adapter?.Update : null;

    // The kernels add updates in float32, without dropout.
    private protected static bool Takes(LowRankUpdate update) =>
        update.Magnitude is null && update.Dropout?.Pass is null && update.Down.dtype == ScalarType.Float32
        && update.Up.dtype == ScalarType.Float32 && update.Down.dim() == 2 && update.Up.dim() == 2
        && update.UpBias is not { dtype: not ScalarType.Float32 };

    private protected static Tensor Checked(Tensor values, int rows, ScalarType type, Device device)
    {
        ArgumentNullException.ThrowIfNull(values);
        return values.dtype == type && values.device_type == device.type && values.dim() == 2
            && values.shape[0] == rows && values.is_contiguous()
            ? values
            : throw new ArgumentException(
                $"Expected contiguous {type} values of shape [{rows}, width] on {device}, but got {values.dtype} of shape "
                + $"[{string.Join(", ", values.shape)}] on {values.device}.",
                nameof(values));
    }
}
