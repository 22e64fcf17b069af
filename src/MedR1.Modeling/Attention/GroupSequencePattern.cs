using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Prompts, each followed by completions, in one flat batch without padding. A group attends as one sequence under a mask: a
/// prompt is causal in itself; a completion's token sees its prompt and its own earlier tokens, and no other completion. The last
/// token of each prompt and all completions are kept, in this order.
/// </summary>
/// <remarks>
/// For short completions: scores between completions of a group are computed and masked. For long ones
/// <see cref="PackedGroupsPattern"/> computes fewer; <see cref="GroupPattern.Create"/> chooses.
/// </remarks>
public sealed class GroupSequencePattern : IAttentionPattern
{
    private readonly ShortSequences? _sequences;
    private readonly ShortSequences? _keptSequences;
    private readonly MaskedGroups? _blocks;

    /// <summary>Creates a pattern; its tensors belong to the current dispose scope.</summary>
    /// <param name="lengths">Tokens of prompts and completions.</param>
    /// <param name="dataType">Data type of the scores.</param>
    /// <param name="device">The device of the scores.</param>
    /// <exception cref="ArgumentException">
    /// Prompts have a common prefix and are not short sequences in float32 on the CPU.
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

    /// <summary>Tokens of the longest group: what each of them takes in attention.</summary>
    internal static int LengthOf(GroupLengths lengths) =>
        lengths.Prompts.Zip(lengths.Completions, (prompt, rows) => prompt + rows.Sum()).Max();

    /// <inheritdoc/>
    public Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values) =>
        _blocks?.Attend(queries, keys, values) ?? _sequences!.Attend(queries, keys, values);

    /// <inheritdoc/>
    public Tensor AttendKept(int layer, Tensor queries, Tensor keys, Tensor values) =>
        _blocks?.AttendKept(queries, keys, values) ?? _keptSequences!.Attend(queries, keys, values);
}
