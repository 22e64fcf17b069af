using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>Builds the mask of the tokens that take part in a loss.</summary>
public static class LossMask
{
    /// <summary>
    /// Excludes completions that were truncated at the length limit, whose reward says nothing about how they would have ended
    /// ("overlong filtering", DAPO, arXiv 2503.14476, section 3.4).
    /// </summary>
    /// <param name="mask"><c>[B, T]</c> the mask of the completions' tokens.</param>
    /// <param name="truncated">Per row, whether the completion was truncated.</param>
    /// <returns><c>[B, T]</c> a new mask of the same type; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The shapes don't match.</exception>
    public static Tensor WithoutTruncated(Tensor mask, IReadOnlyList<bool> truncated)
    {
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentNullException.ThrowIfNull(truncated);
        Guard.Matrix(mask, nameof(mask));
        if (truncated.Count != mask.shape[0])
        {
            throw new ArgumentException(
                $"There are {truncated.Count} flags for a mask of shape {Guard.Show(mask)}: give one flag for "
                + $"each of its {mask.shape[0]} rows.", nameof(truncated));
        }

        using Tensor flags_B = tensor(truncated.ToArray(), device: mask.device);
        using Tensor flags_B1 = flags_B.unsqueeze(1);
        return mask.FilledWhere(flags_B1, 0);
    }
}
