using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>
/// Token rewards from the score of a whole completion: the score on its last token, and on each token the KL penalty −β·(ℓ_old −
/// ℓ_ref) (Ziegler et al., arXiv 1909.08593, equation 2).
/// </summary>
public static class TokenRewards
{
    /// <summary>Computes the rewards.</summary>
    /// <param name="scores"><c>[B]</c> the score of each completion.</param>
    /// <param name="mask"><c>[B, T]</c> nonzero where a token takes part.</param>
    /// <param name="oldLogProbabilities"><c>[B, T]</c> under the policy that drew the completions.</param>
    /// <param name="referenceLogProbabilities">
    /// <c>[B, T]</c> under the reference policy; null if <paramref name="klCoefficient"/> is 0.
    /// </param>
    /// <param name="klCoefficient">β.</param>
    /// <returns>
    /// <c>[B, T]</c> without gradient, 0 at masked positions; the score of a row without tokens is lost. The caller disposes it.
    /// </returns>
    /// <exception cref="ArgumentException">Something is missing or has the wrong shape.</exception>
    public static Tensor Compute(
        Tensor scores,
        Tensor mask,
        Tensor oldLogProbabilities,
        Tensor? referenceLogProbabilities,
        double klCoefficient)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentNullException.ThrowIfNull(oldLogProbabilities);
        Guard.Matrix(oldLogProbabilities, nameof(oldLogProbabilities));
        Guard.FloatingPoint(oldLogProbabilities, nameof(oldLogProbabilities));
        Guard.FloatingPoint(scores, nameof(scores));
        Guard.SameShape(mask, oldLogProbabilities, nameof(mask), nameof(oldLogProbabilities));
        Guard.Rows(scores, oldLogProbabilities, nameof(scores), nameof(oldLogProbabilities));
        if (!double.IsFinite(klCoefficient))
        {
            throw new ArgumentOutOfRangeException(
                nameof(klCoefficient), klCoefficient, "Expected a finite number; 0 needs no reference.");
        }

        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        ScalarType type = Guard.WideType(oldLogProbabilities);
        Tensor active_BT = mask.to(ScalarType.Bool);

        // The number of active tokens from each position to the end is 1 at the last active token and above 1 before it.
        Tensor toCome_BT = active_BT.to(ScalarType.Int64).flip(1).cumsum(1).flip(1);
        Tensor last_BT = active_BT.logical_and(toCome_BT.EqualTo(1L));
        Tensor rewards_BT = where(last_BT, scores.to(type).unsqueeze(1), zeros(1, type, device: scores.device));
        if (klCoefficient != 0)
        {
            if (referenceLogProbabilities is null)
            {
                throw new ArgumentException(
                    $"referenceLogProbabilities is null, but klCoefficient is {klCoefficient.ToText()}: give the reference's, "
                    + "or set klCoefficient to 0.",
                    nameof(referenceLogProbabilities));
            }

            Guard.SameShape(
                referenceLogProbabilities,
                oldLogProbabilities,
                nameof(referenceLogProbabilities),
                nameof(oldLogProbabilities));
            Tensor divergence_BT = oldLogProbabilities.to(type) - referenceLogProbabilities.to(type);
            rewards_BT = rewards_BT.Plus(divergence_BT.FilledWhere(active_BT.logical_not(), 0), -klCoefficient);
        }

        return rewards_BT.MoveToOuterDisposeScope();
    }
}
