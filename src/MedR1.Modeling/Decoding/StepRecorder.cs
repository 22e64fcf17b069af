using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Records the operations of a decode step, layer by layer, for kernels that read the weights in their stored layout. On the CPU,
/// all operations are run in one parallel region of the threads; on a GPU, each operation is launched at once. The operations are
/// chosen so that a single kernel can perform each of them.
/// </summary>
public abstract class StepRecorder
{
    private protected StepRecorder()
    {
    }

    /// <summary>Begins a step.</summary>
    /// <param name="pattern">The attention pattern with the rows of the step.</param>
    /// <returns>A recorder, or <see langword="null"/> if tensor operators should be used instead.</returns>
    public static StepRecorder? For(IAttentionPattern pattern) => pattern switch
    {
        DecodePattern rows => CpuStepRecorder.TryCreate(rows),
        DecodeTablePattern table => CudaStepRecorder.TryCreate(table),
        _ => null,
    };

    /// <summary>
    /// Whether there are kernels for the layers with their active adapters, which may be low-rank updates, merged or not, or
    /// replacement parameters of the layers' data type.
    /// </summary>
    /// <param name="layers">Projections, norms and a tied head.</param>
    public abstract bool Takes(IEnumerable<IAdaptableLayer> layers);

    /// <summary>Wraps existing values.</summary>
    /// <param name="values"><c>[rows, width]</c> in the data type of the step; must not change before the step has run.</param>
    public abstract StepValues Given(Tensor values);

    /// <summary>
    /// Normalises rows, or each of their heads if the layer is as wide as a head: <c>x / sqrt(mean(x²) + ε)</c> times the gain.
    /// </summary>
    /// <param name="input"><c>[rows, width]</c></param>
    /// <param name="layer">A norm of the rows' width, or of a width that divides it.</param>
    /// <returns><c>[rows, width]</c></returns>
    /// <exception cref="ArgumentException">The norm's width does not divide the rows'.</exception>
    public abstract StepValues Normalize(StepValues input, RmsNormalization layer);

    /// <summary>Applies linear layers, each with its adapter, to one input.</summary>
    /// <param name="input"><c>[rows, input]</c></param>
    /// <param name="layers">The layers, for which <see cref="Takes(IEnumerable{IAdaptableLayer})"/> is true.</param>
    /// <returns><c>[rows, output]</c> for each.</returns>
    /// <exception cref="ArgumentException">A layer's input has a different width.</exception>
    public abstract StepValues[] Project(StepValues input, params ReadOnlySpan<IAdaptableLayer> layers);

    /// <summary>Applies a linear layer, with its adapter, and writes the result to a tensor.</summary>
    /// <param name="input"><c>[rows, input]</c></param>
    /// <param name="layer">The layer.</param>
    /// <param name="result"><c>[rows, output]</c> in the data type of the step.</param>
    /// <exception cref="ArgumentException">The layer's input or output has a different width.</exception>
    public abstract void ProjectTo(StepValues input, IAdaptableLayer layer, Tensor result);

    /// <summary>Computes <c>silu(gate(x)) · up(x)</c>.</summary>
    /// <param name="input"><c>[rows, input]</c></param>
    /// <param name="gate">A linear layer.</param>
    /// <param name="up">A linear layer with the same number of outputs.</param>
    /// <returns><c>[rows, output]</c></returns>
    /// <exception cref="ArgumentException">A layer's input has a different width, or the layers' outputs differ in width.</exception>
    public abstract StepValues ProjectGated(StepValues input, IAdaptableLayer gate, IAdaptableLayer up);

    /// <summary>Computes <c>residual + layer(x)</c>.</summary>
    /// <param name="residual"><c>[rows, output]</c></param>
    /// <param name="input"><c>[rows, input]</c></param>
    /// <param name="layer">A linear layer.</param>
    /// <returns><c>[rows, output]</c></returns>
    /// <exception cref="ArgumentException">The layer's input or output has a different width.</exception>
    public abstract StepValues AddProjected(StepValues residual, StepValues input, IAdaptableLayer layer);

    /// <summary>Rotates queries and keys, appends keys and values to the rows in the cache, and computes attention.</summary>
    /// <param name="layer">The index of the layer.</param>
    /// <param name="queries"><c>[rows, heads · d]</c>, changed in place.</param>
    /// <param name="keys"><c>[rows, key-value heads · d]</c>, changed in place.</param>
    /// <param name="values"><c>[rows, key-value heads · d]</c></param>
    /// <param name="table">Cosines and sines of the rows, in the data type of the step.</param>
    /// <returns><c>[rows, heads · d]</c></returns>
    /// <exception cref="ArgumentOutOfRangeException">The cache has no such layer.</exception>
    /// <exception cref="ArgumentException">
    /// The widths are not those of heads of the cache, or the table is one of other rows, heads or another data type.
    /// </exception>
    public abstract StepValues Attend(int layer, StepValues queries, StepValues keys, StepValues values, RotaryTable table);

    /// <summary>Runs all operations that have been recorded but not yet run.</summary>
    public abstract void Run();

    // Rejects values of a different kind of recorder.
    private protected static TValues Own<TValues>(StepValues values)
        where TValues : StepValues
    {
        ArgumentNullException.ThrowIfNull(values);
        return values as TValues ?? throw new ArgumentException(
            $"The values are {values.GetType().Name}, but this step records {typeof(TValues).Name}; pass values of the same recorder.",
            nameof(values));
    }

    // The number of parts of a row that a norm normalises, each by itself.
    private protected static int PartsOf(StepValues input, RmsNormalization layer)
    {
        int width = (int)layer.Weight.shape[0];
        return input.Width % width == 0 ? input.Width / width : throw new ArgumentException(
            $"A norm of width {width} can't normalise rows of width {input.Width} or parts of them; its width must divide theirs.",
            nameof(layer));
    }

    // Kernels read and write by address, so that wrong widths would go beyond the end of the memory.
    private protected static void RequireInput(StepValues input, IAdaptableLayer layer) =>
        RequireWidth(input.Width, layer.Weight.size(1), "input");

    private protected static void RequireOutput(long width, IAdaptableLayer layer) =>
        RequireWidth(width, layer.Weight.size(0), "output");

    private static void RequireWidth(long width, long ofLayer, string what)
    {
        if (width != ofLayer)
        {
            throw new ArgumentException($"The {what} of the layer is {ofLayer} wide, but the values are {width} wide.", "layer");
        }
    }

    private protected static void RequireHeads(
        SlotKeyValueCache cache, int rows, StepValues queries, StepValues keys, StepValues values, RotaryTable table)
    {
        ArgumentNullException.ThrowIfNull(table);

        // Sizes instead of a shape, which would be a new array for every layer of every step.
        Tensor cosine = table.Cosine;
        if (cosine.dtype != cache.DataType || cosine.dim() != 3
            || cosine.size(0) != rows || cosine.size(1) != 1 || cosine.size(2) != cache.HeadSize)
        {
            throw new ArgumentException(
                $"Expected a table of {rows} rows and heads of {cache.HeadSize} in {cache.DataType}, but got one of shape "
                + $"[{string.Join(", ", cosine.shape)}] in {cosine.dtype}.",
                nameof(table));
        }

        int width = cache.KeyValueHeads * cache.HeadSize;
        if (queries.Width == 0 || queries.Width % width != 0 || keys.Width != width || values.Width != width)
        {
            throw new ArgumentException(
                $"The cache has {cache.KeyValueHeads} key-value heads of size {cache.HeadSize}: keys and values must be {width} wide and "
                + $"queries a multiple of it, but queries, keys and values are {queries.Width}, {keys.Width} and {values.Width} wide.",
                nameof(keys));
        }
    }

    // The parameters that a layer computes with, taking the active adapter into account.
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
