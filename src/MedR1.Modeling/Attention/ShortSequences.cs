using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Attention for short sequences in float32 on the CPU, with optional gradients. The rows of a sequence can be anywhere in a flat
/// batch, so that nothing is padded.
/// </summary>
public sealed class ShortSequences
{
    // Longer sequences don't fit the processor's cache; libtorch's fused operator is designed for them.
    private const int LongestSequence = 256;

    // The maximum number of scores per head saved for the backward pass: 4 MiB. Without gradient nothing is saved and there is no
    // limit, because the result of a sequence must not depend on the number of other sequences.
    private const long MostKeptScores = 1 << 20;

    private readonly SequenceLayout _layout;

    private ShortSequences(SequenceLayout layout) => _layout = layout;

    /// <summary>
    /// Creates consecutive sequences of equal length with full (not causal) attention; returns <see langword="null"/> if other
    /// operators are faster.
    /// </summary>
    /// <param name="count">The number of sequences.</param>
    /// <param name="length">The number of tokens of each sequence.</param>
    /// <param name="dataType">Data type of the vectors.</param>
    /// <param name="device">The device of the vectors.</param>
    public static ShortSequences? TryWhole(int count, int length, ScalarType dataType, Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return Serves(dataType, device) && length <= LongestSequence ? Try(SequenceLayout.Whole(count, length)) : null;
    }

    /// <summary>
    /// Creates groups in the order of <see cref="GroupLengths"/>; returns <see langword="null"/> if other operators are faster.
    /// </summary>
    /// <param name="lengths">The token counts of prompts and completions.</param>
    /// <param name="keepsLast">Whether only the last token of each prompt and the completion tokens are queries.</param>
    /// <param name="dataType">The data type of the vectors.</param>
    /// <param name="device">The device of the vectors.</param>
    internal static ShortSequences? TryGroups(
        GroupLengths lengths, bool keepsLast, ScalarType dataType, Device device) =>
        TakesGroups(lengths, dataType, device) ? new ShortSequences(SequenceLayout.Groups(lengths, keepsLast)) : null;

    /// <summary>Whether <see cref="TryGroups"/> returns an instance.</summary>
    /// <param name="lengths">The token counts of prompts and completions.</param>
    /// <param name="dataType">The data type of the vectors.</param>
    /// <param name="device">The device of the vectors.</param>
    internal static bool TakesGroups(GroupLengths lengths, ScalarType dataType, Device device) =>
        Serves(dataType, device) && GroupSequencePattern.LengthOf(lengths) <= LongestSequence
        && AreFew(SequenceLayout.ScoreCountOf(lengths));

    /// <summary>Computes <c>softmax(q kᵀ / √d) v</c>.</summary>
    /// <param name="queries"><c>[queries, heads, d]</c></param>
    /// <param name="keys"><c>[keys, key-value heads, d]</c></param>
    /// <param name="values"><c>[keys, key-value heads, d]</c></param>
    /// <returns><c>[queries, heads · d]</c></returns>
    /// <exception cref="ArgumentException">
    /// The vectors are not those of the sequences in float32 on the CPU, or their heads don't fit each other.
    /// </exception>
    public Tensor Attend(Tensor queries, Tensor keys, Tensor values)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        RequireVectors(queries, keys, values);
        using DisposeScope scope = NewDisposeScope();
        bool isRecorded = is_grad_enabled() && (queries.requires_grad || keys.requires_grad || values.requires_grad);
        return (isRecorded
            ? SequenceAttentionFunction.apply(queries, keys, values, _layout)
            : SequenceAttentionFunction.Forward(queries, keys, values, _layout, null)).MoveToOuterDisposeScope();
    }

    // The kernel reads the vectors by address, so that others would be misread, or read beyond their end.
    private void RequireVectors(Tensor queries, Tensor keys, Tensor values)
    {
        long[] ofQueries = queries.shape, ofKeys = keys.shape;
        bool fit = ofQueries.Length == 3 && ofKeys.Length == 3 && ofQueries[0] == _layout.QueryRows.Length
            && ofKeys[0] == _layout.FlatKeys && ofKeys[1] > 0 && ofQueries[1] % ofKeys[1] == 0 && ofQueries[2] == ofKeys[2]
            && values.shape.AsSpan().SequenceEqual(ofKeys) && IsReadable(queries) && IsReadable(keys) && IsReadable(values);
        if (!fit)
        {
            throw new ArgumentException(
                $"Expected float32 on the CPU: queries [{_layout.QueryRows.Length}, heads, d], with heads a multiple of the key-value "
                + $"heads, and keys and values [{_layout.FlatKeys}, key-value heads, d]; but got {Show(queries)}, {Show(keys)} and "
                + $"{Show(values)}.");
        }

        static bool IsReadable(Tensor vectors) =>
            vectors.dtype == ScalarType.Float32 && vectors.device_type == DeviceType.CPU;

        static string Show(Tensor vectors) => $"{vectors.dtype}[{string.Join(", ", vectors.shape)}] on {vectors.device}";
    }

    private static bool Serves(ScalarType dataType, Device device) =>
        TileProduct.IsSupported && device.type == DeviceType.CPU && dataType == ScalarType.Float32;

    private static ShortSequences? Try(SequenceLayout layout) => AreFew(layout.ScoreCount) ? new ShortSequences(layout) : null;

    private static bool AreFew(long scores) => !is_grad_enabled() || scores <= MostKeptScores;
}
