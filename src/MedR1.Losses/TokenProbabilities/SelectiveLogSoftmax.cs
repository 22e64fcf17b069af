using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>
/// The log-softmax at chosen tokens only, and the entropy of the whole distribution. Results are float64 for float64 logits and
/// float32 for all others. A logit of −∞ marks a token that is never generated: probability 0, no gradient.
/// </summary>
public static class SelectiveLogSoftmax
{
    /// <summary>Computes the log-probabilities and entropies.</summary>
    /// <param name="logits"><c>[…, V]</c> logits.</param>
    /// <param name="index"><c>[…]</c> int64 tokens, the shape of the logits without their last axis.</param>
    /// <param name="temperature">Divides the logits.</param>
    /// <param name="mask">
    /// <c>[…]</c> of any type: where it is 0, both results are 0 and there is no gradient. Null for no mask.
    /// </param>
    /// <exception cref="ArgumentException">The shapes or types don't match.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a finite number above 0.</exception>
    public static TokenLogProbabilities Compute(
        Tensor logits, Tensor index, double temperature = 1.0, Tensor? mask = null)
    {
        Check(logits, index, temperature, mask);
        using DisposeScope scope = NewDisposeScope();
        ScalarType type = Guard.WideType(logits);
        Tensor scaled = logits.to(type);
        scaled = temperature == 1 ? scaled : scaled.DividedBy(temperature);
        Tensor? left = mask?.to(ScalarType.Bool).logical_not();
        if (left is not null)
        {
            // Done before the softmax: a masked row may contain NaN, which must not reach the gradient, and a filler that is no token.
            scaled = scaled.FilledWhere(left.unsqueeze(-1), 0);
            index = index.FilledWhere(left, 0);
        }

        // Subtracting the largest logit preserves the precision of the entropy when logits are large.
        scaled = scaled - scaled.detach().amax([-1], keepdim: true);
        Tensor logSum = scaled.logsumexp(-1);
        Tensor chosen = scaled.gather(-1, index.unsqueeze(-1)).squeeze(-1) - logSum;

        // 0 × −∞ would be NaN; a finite floor keeps the product 0 in both the forward and the backward pass.
        Tensor finite = scaled.Limited(least: RunningSoftmax.Never);
        Tensor probabilities = (scaled - logSum.unsqueeze(-1)).exp();
        Tensor entropy = logSum - (probabilities * finite).sum(-1);
        if (left is not null)
        {
            chosen = chosen.FilledWhere(left, 0);
            entropy = entropy.FilledWhere(left, 0);
        }

        return new TokenLogProbabilities(chosen.MoveToOuterDisposeScope(), entropy.MoveToOuterDisposeScope());
    }

    private static void Check(Tensor logits, Tensor index, double temperature, Tensor? mask)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(index);
        Guard.FloatingPoint(logits, nameof(logits));
        Guard.Temperature(temperature, nameof(temperature));
        Guard.Tokens(index, nameof(index));
        if (logits.dim() < 1 || !logits.shape.AsSpan(..^1).SequenceEqual(index.shape))
        {
            throw new ArgumentException(
                $"index has shape {Guard.Show(index)} for logits of shape {Guard.Show(logits)}: give one token "
                + "for each distribution.",
                nameof(index));
        }

        if (mask is not null)
        {
            Guard.SameShape(mask, index, nameof(mask), nameof(index));
        }
    }
}
