using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>
/// The tokens with the highest entropy ("forking tokens", arXiv 2506.01939): tokens are kept if their entropy is at least the (1 −
/// fraction) quantile of the active tokens' entropies, interpolated linearly in float32.
/// </summary>
public static class TopEntropyMask
{
    /// <summary>Computes the mask.</summary>
    /// <param name="entropies"><c>[B, T]</c> entropies.</param>
    /// <param name="mask"><c>[B, T]</c> nonzero where a token takes part.</param>
    /// <param name="fraction">Fraction of the active tokens to keep, 0 to 1; 0 keeps the single highest.</param>
    /// <returns><c>[B, T]</c> bool; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not between 0 and 1.</exception>
    public static Tensor Compute(Tensor entropies, Tensor mask, double fraction)
    {
        ArgumentNullException.ThrowIfNull(entropies);
        ArgumentNullException.ThrowIfNull(mask);
        Guard.Matrix(entropies, nameof(entropies));
        Guard.SameShape(mask, entropies, nameof(mask), nameof(entropies));
        ArgumentOutOfRangeException.ThrowIfNegative(fraction);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fraction, 1);
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Tensor active_BT = mask.to(ScalarType.Bool);
        Tensor entropies_BT = entropies.detach().to(ScalarType.Float32);
        Tensor sorted_N = entropies_BT.masked_select(active_BT).sort().Values;
        long count = sorted_N.shape[0];
        if (count == 0)
        {
            return active_BT.clone().MoveToOuterDisposeScope();
        }

        // torch.quantile rejects more than 2^24 elements. Like it, this computes the position in float32.
        float position = (float)(1 - fraction) * (count - 1);
        long below = Math.Clamp((long)MathF.Floor(position), 0, count - 1);
        long above = Math.Clamp((long)MathF.Ceiling(position), 0, count - 1);
        Tensor threshold = sorted_N[below].lerp(sorted_N[above], tensor(position - below, device: sorted_N.device));
        return entropies_BT.ge(threshold).logical_and(active_BT).MoveToOuterDisposeScope();
    }
}
