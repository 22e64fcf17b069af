using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>
/// PPO's training targets, computed once per sampling over the whole batch of completions. Without gradient, 0 at masked positions.
/// The caller disposes the result.
/// </summary>
/// <param name="Rewards"><c>[B, T]</c> token rewards, including the KL penalty.</param>
/// <param name="Advantages"><c>[B, T]</c> the advantages for the policy loss, whitened if requested.</param>
/// <param name="RawAdvantages"><c>[B, T]</c> the advantages before whitening.</param>
/// <param name="Returns"><c>[B, T]</c> the value head's targets.</param>
public sealed record PpoTargets(Tensor Rewards, Tensor Advantages, Tensor RawAdvantages, Tensor Returns) : IDisposable
{
    /// <summary>Computes rewards, advantages and returns.</summary>
    /// <param name="scores"><c>[B]</c> the score of each completion.</param>
    /// <param name="mask"><c>[B, T]</c> nonzero where a token takes part.</param>
    /// <param name="oldLogProbabilities"><c>[B, T]</c> under the policy that drew the completions.</param>
    /// <param name="referenceLogProbabilities"><c>[B, T]</c> under the reference; null without a penalty.</param>
    /// <param name="oldValues"><c>[B, T]</c> the value before each token.</param>
    /// <param name="options">The options; null for the paper's.</param>
    /// <exception cref="ArgumentException">Something is missing or has the wrong shape.</exception>
    public static PpoTargets Compute(
        Tensor scores,
        Tensor mask,
        Tensor oldLogProbabilities,
        Tensor? referenceLogProbabilities,
        Tensor oldValues,
        PpoTargetOptions? options = null)
    {
        options ??= new PpoTargetOptions();
        using DisposeScope scope = NewDisposeScope();
        Tensor rewards = TokenRewards.Compute(
            scores, mask, oldLogProbabilities, referenceLogProbabilities, options.KlCoefficient);
        GeneralizedAdvantageResult estimate = GeneralizedAdvantages.Compute(
            rewards, oldValues, mask, options.Discount, options.Lambda);
        Tensor advantages = options.Whiten
            ? Whitening.Compute(estimate.Advantages, mask) : estimate.Advantages.alias();
        return new PpoTargets(
            rewards.MoveToOuterDisposeScope(),
            advantages.MoveToOuterDisposeScope(),
            estimate.Advantages.MoveToOuterDisposeScope(),
            estimate.Returns.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Rewards.Dispose();
        Advantages.Dispose();
        RawAdvantages.Dispose();
        Returns.Dispose();
    }
}
