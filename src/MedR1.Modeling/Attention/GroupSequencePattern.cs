using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Attention for groups of a prompt and its completions in one flat batch without padding. A group attends as one masked sequence:
/// prompts are causal; a completion token attends to its prompt and the earlier tokens of its completion, not to other
/// completions. Kept are the last token of each prompt, then all completion tokens.
/// </summary>
/// <remarks>
/// Suited to short completions, because scores between completions of a group are computed and masked. For long completions,
/// <see cref="PackedGroupsPattern"/> computes fewer scores; <see cref="GroupPattern.Create"/> chooses.
/// </remarks>
public sealed class GroupSequencePattern : IAttentionPattern
{
    private readonly ShortSequences? _sequences;
    private readonly ShortSequences? _keptSequences;
    private readonly MaskedGroups? _blocks;

    /// <summary>Creates a pattern; its tensors belong to the current dispose scope.</summary>
    /// <param name="lengths">The token counts of prompts and completions.</param>
    /// <param name="dataType">Data type of the scores.</param>
    /// <param name="device">The device of the scores.</param>
    /// <exception cref="ArgumentException">
    /// The prompts have a common prefix that is stored once, but are not short sequences in float32 on the CPU.
    /// </exception>
    public GroupSequencePattern(GroupLengths lengths, ScalarType dataType, Device device)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        ArgumentNullException.ThrowIfNull(device);
        _sequences = ShortSequences.TryGroups(lengths, keepsLast: false, dataType, device);
        _keptSequences = ShortSequences.TryGroups(lengths, keepsLast: true, dataType, device);
        _blocks = _sequences is null ? new MaskedGroups(lengths, dataType, device) : null;
        Kept = lengths.KeptPlaces().ToArray().ToDevice(device);
    }

    /// <inheritdoc/>
    public Tensor? Kept { get; }

    /// <summary>Returns the number of tokens of the longest group, to which all groups are padded for attention.</summary>
    internal static int LengthOf(GroupLengths lengths) =>
        lengths.Prompts.Zip(lengths.Completions, (prompt, rows) => prompt + rows.Sum()).Max();

    /// <inheritdoc/>
    public Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values) =>
        _blocks?.Attend(queries, keys, values) ?? _sequences!.Attend(queries, keys, values);

    /// <inheritdoc/>
    public Tensor AttendKept(int layer, Tensor queries, Tensor keys, Tensor values) =>
        _blocks?.AttendKept(queries, keys, values) ?? _keptSequences!.Attend(queries, keys, values);
}
