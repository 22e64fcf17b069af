using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>Chooses the attention pattern of a batch of groups.</summary>
public static class GroupPattern
{
    // A mask of this many elements takes 64 MiB in float32.
    private const long LargestMask = 1 << 24;

    // One fused attention over partly masked scores is as fast as separate products over half as many scores.
    private const long MostWaste = 2;

    /// <summary>
    /// Creates the fastest pattern for a batch of groups: <see cref="GroupSequencePattern"/> for short or few completions,
    /// <see cref="PackedGroupsPattern"/> if most scores of the former would be masked. Their results are equal up to rounding. If
    /// the prompts have a common prefix and the pattern can't handle it, a <see cref="SharedPrefixPattern"/> wraps the pattern.
    /// Tensors of the pattern belong to the current dispose scope.
    /// </summary>
    /// <param name="lengths">The token counts of prompts and completions.</param>
    /// <param name="dataType">Data type of the scores.</param>
    /// <param name="device">The device of the scores.</param>
    public static IAttentionPattern Create(GroupLengths lengths, ScalarType dataType, Device device)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        (long prompt, long samples, long completion) = PackedGroupsPattern.ShapeOf(lengths);
        long length = GroupSequencePattern.LengthOf(lengths);
        long apart = prompt * prompt + samples * completion * (prompt + completion);
        bool isShort = length * length <= MostWaste * apart && lengths.Count * length * length <= LargestMask;
        if (lengths.Prefix > 0 && !(isShort && ShortSequences.TakesGroups(lengths, dataType, device)))
        {
            return new SharedPrefixPattern(Create(lengths.Whole(), dataType, device), lengths, device);
        }

        return isShort
            ? new GroupSequencePattern(lengths, dataType, device)
            : new PackedGroupsPattern(lengths, dataType, device);
    }
}
