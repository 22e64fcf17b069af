using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>Chooses how groups of completions attend.</summary>
public static class GroupPattern
{
    // A mask of that many numbers takes 64 MiB in float32.
    private const long LargestMask = 1 << 24;

    // One fused attention over scores that are partly masked is as fast as several products over half of them.
    private const long MostWaste = 2;

    /// <summary>
    /// The pattern that computes a batch of groups faster: <see cref="GroupSequencePattern"/> for short or few completions,
    /// <see cref="PackedGroupsPattern"/> if most of the scores of the former would be masked. They give the same results up to
    /// rounding. If prompts have a common prefix, a <see cref="SharedPrefixPattern"/> around one of them, unless it handles the
    /// prefix itself. Its tensors belong to the current dispose scope.
    /// </summary>
    /// <param name="lengths">Tokens of prompts and completions.</param>
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
