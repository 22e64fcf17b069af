using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Attention of short sequences in float32 on the CPU, with gradients if wanted, by <see cref="SequenceAttention"/>. The rows of
/// a sequence may be anywhere in a flat batch: nothing is padded.
/// </summary>
public sealed class ShortSequences
{
    // Longer sequences no longer fit the processor's cache, and libtorch's operator is made for them.
    private const int LongestSequence = 256;

    // What is kept of a head for its backward pass: 4 MiB. Without gradient nothing is kept, and a sequence's result must not
    // depend on how many others there are.
    private const long MostKeptScores = 1 << 20;

    private readonly SequenceLayout _layout;

    private ShortSequences(SequenceLayout layout) => _layout = layout;

    /// <summary>
    /// Consecutive sequences of the same length in which every token sees all; null if other operators are better.
    /// </summary>
    /// <param name="count">Number of sequences.</param>
    /// <param name="length">Tokens of each.</param>
    /// <param name="dataType">Data type of the vectors.</param>
    /// <param name="device">The device of the vectors.</param>
    public static ShortSequences? TryWhole(int count, int length, ScalarType dataType, Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return Serves(dataType, device) && length <= LongestSequence ? Try(SequenceLayout.Whole(count, length)) : null;
    }

    /// <summary>Groups as <see cref="GroupLengths"/> orders them.</summary>
    /// <param name="lengths">Tokens of prompts and completions.</param>
    /// <param name="keepsLast">Whether the queries are the last token of each prompt and the completions alone.</param>
    /// <param name="dataType">Type of the vectors.</param>
    /// <param name="device">Where they are.</param>
    internal static ShortSequences? TryGroups(
        GroupLengths lengths, bool keepsLast, ScalarType dataType, Device device) =>
        TakesGroups(lengths, dataType, device) ? new ShortSequences(SequenceLayout.Groups(lengths, keepsLast)) : null;

    /// <summary>Whether <see cref="TryGroups"/> gives something.</summary>
    /// <param name="lengths">Tokens of prompts and completions.</param>
    /// <param name="dataType">Type of the vectors.</param>
    /// <param name="device">Where they are.</param>
    internal static bool TakesGroups(GroupLengths lengths, ScalarType dataType, Device device) =>
        Serves(dataType, device) && GroupSequencePattern.LengthOf(lengths) <= LongestSequence
        && AreFew(SequenceLayout.ScoreCountOf(lengths));

    /// <summary><c>softmax(q kᵀ / √d) v</c></summary>
    /// <param name="queries"><c>[queries, heads, d]</c></param>
    /// <param name="keys"><c>[keys, key-value heads, d]</c></param>
    /// <param name="values"><c>[keys, key-value heads, d]</c></param>
    /// <returns><c>[queries, heads · d]</c></returns>
    public Tensor Attend(Tensor queries, Tensor keys, Tensor values)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        using DisposeScope scope = NewDisposeScope();
        bool isRecorded = is_grad_enabled() && (queries.requires_grad || keys.requires_grad || values.requires_grad);
        return (isRecorded
            ? SequenceAttentionFunction.apply(queries, keys, values, _layout)
            : SequenceAttentionFunction.Forward(queries, keys, values, _layout, null)).MoveToOuterDisposeScope();
    }

    private static bool Serves(ScalarType dataType, Device device) =>
        TileProduct.IsSupported && device.type == DeviceType.CPU && dataType == ScalarType.Float32;

    private static ShortSequences? Try(SequenceLayout layout) => AreFew(layout.ScoreCount) ? new ShortSequences(layout) : null;

    private static bool AreFew(long scores) => !is_grad_enabled() || scores <= MostKeptScores;
}
