using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>
/// Excludes completions that the policy has moved away from and whose probability would be reduced further (DeepSeek-V3.2, arXiv
/// 2512.02556): rows with a negative advantage and a mean log-ratio of behaviour policy to policy above a threshold.
/// </summary>
public static class OffPolicyMask
{
    /// <summary>Computes which rows are kept.</summary>
    /// <param name="logProbabilities"><c>[B, T]</c> under the policy.</param>
    /// <param name="behaviorLogProbabilities">
    /// <c>[B, T]</c> under the policy that drew the tokens: the sampler's, or else the old ones. NaN counts as no difference.
    /// </param>
    /// <param name="mask"><c>[B, T]</c> nonzero where a token takes part.</param>
    /// <param name="advantages"><c>[B]</c> or <c>[B, 1]</c> advantages.</param>
    /// <param name="threshold">The maximum mean log-ratio.</param>
    /// <returns><c>[B, 1]</c> bool; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The shapes don't match.</exception>
    public static Tensor Compute(
        Tensor logProbabilities, Tensor behaviorLogProbabilities, Tensor mask, Tensor advantages, double threshold)
    {
        ArgumentNullException.ThrowIfNull(logProbabilities);
        ArgumentNullException.ThrowIfNull(behaviorLogProbabilities);
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentNullException.ThrowIfNull(advantages);
        Guard.Matrix(logProbabilities, nameof(logProbabilities));
        Guard.SameShape(
            behaviorLogProbabilities, logProbabilities, nameof(behaviorLogProbabilities), nameof(logProbabilities));
        Guard.SameShape(mask, logProbabilities, nameof(mask), nameof(logProbabilities));
        using DisposeScope scope = NewDisposeScope();
        Guard.Rows(
            advantages.dim() == 2 && advantages.shape[1] == 1 ? advantages.squeeze(1) : advantages, logProbabilities,
            nameof(advantages), nameof(logProbabilities));
        using IDisposable noGrad = no_grad();
        Tensor active_BT = mask.to(ScalarType.Bool);
        Tensor tokens_B1 = active_BT.sum(1, keepdim: true).Limited(least: 1);
        Tensor difference_BT = SamplerCorrection.Difference(
            behaviorLogProbabilities, logProbabilities.detach(), active_BT, out _);
        Tensor counted_BT = difference_BT.FilledWhere(difference_BT.isnan(), 0);
        Tensor mean_B1 = counted_BT.sum(1, keepdim: true) / tokens_B1;
        Tensor encouraged_B1 = advantages.reshape(-1, 1).AtLeast(0);
        return encouraged_B1.logical_or(mean_B1.AtMost(threshold)).MoveToOuterDisposeScope();
    }
}
