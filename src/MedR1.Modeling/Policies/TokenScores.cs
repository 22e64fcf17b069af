using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Computes log-probabilities and entropies of tokens from logits, in float32; used by both sampler and trainer.
/// </summary>
public static class TokenScores
{
    // Finite, and its exponential is 0 in float32.
    private const double LowestLogProbability = -1e4;

    /// <summary>Divides by the temperature and excludes suppressed tokens.</summary>
    /// <param name="logits"><c>[N, V]</c> of any floating-point type.</param>
    /// <param name="options">Temperature and suppressed tokens.</param>
    /// <returns><c>[N, V]</c> float32 scores, −∞ at suppressed tokens; a new tensor.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The temperature is not a finite number above 0, or a suppressed token is outside V.
    /// </exception>
    public static Tensor Scale(Tensor logits, TokenStatisticsOptions options)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(options);
        if (!(options.Temperature > 0 && double.IsFinite(options.Temperature)))
        {
            throw new ArgumentOutOfRangeException(
                "options.Temperature", options.Temperature, "Expected a finite number above 0; for temperature 0, take the most likely token.");
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor scores = logits.to(ScalarType.Float32);
        if (options.Temperature != 1)
            scores = scores.DividedBy(options.Temperature);
        if (options.SuppressedTokenIds.Count > 0)
        {
            foreach (int token in options.SuppressedTokenIds)
            {
                ArgumentOutOfRangeException.ThrowIfNegative(token, "options.SuppressedTokenIds");
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(token, logits.shape[^1],
                    "options.SuppressedTokenIds");
            }

            Tensor suppressed = options.SuppressedTokenIds.Select(token => (long)token).ToArray().ToDevice(logits.device);
            scores = scores.FilledAt(-1, suppressed, float.NegativeInfinity);
        }

        return (ReferenceEquals(scores, logits) ? scores.alias() : scores).MoveToOuterDisposeScope();
    }

    /// <summary>Looks up the log-probabilities of the tokens.</summary>
    /// <param name="logits"><c>[N, V]</c> of any floating-point type.</param>
    /// <param name="sources">
    /// <c>[rows, T]</c> int64: the row of the logits that predicts each token; arbitrary at padding.
    /// </param>
    /// <param name="targets"><c>[rows, T]</c> int64 tokens; any valid token at padding.</param>
    /// <param name="mask"><c>[rows, T]</c> bool, true at tokens; the result owns it.</param>
    /// <param name="options">Temperature, suppressed tokens, entropies.</param>
    public static TokenStatistics Compute(
        Tensor logits, Tensor sources, Tensor targets, Tensor mask, TokenStatisticsOptions options)
    {
        ArgumentNullException.ThrowIfNull(mask);
        using DisposeScope scope = NewDisposeScope();
        Tensor scores = Scale(logits, options);
        Tensor all = scores.log_softmax(-1);
        Tensor padding = mask.logical_not();
        Tensor flat = sources.Times(scores.shape[1]).Plus(targets);
        Tensor chosen = all.view(-1).index_select(0, flat.view(-1));
        Tensor logProbabilities = chosen.view(mask.shape).FilledWhere(padding, 0);
        Tensor? entropies = options.WithEntropies ? Entropies(all, sources, padding, options) : null;
        return new TokenStatistics(
            logProbabilities.MoveToOuterDisposeScope(), mask, entropies?.MoveToOuterDisposeScope());
    }

    /// <summary>Looks up the log-probabilities of the tokens of a batch.</summary>
    /// <param name="logits"><c>[M, V]</c> of any floating-point type: the outputs that the targets count.</param>
    /// <param name="targets">The tokens, and the outputs that predict them.</param>
    /// <param name="options">Temperature, suppressed tokens, entropies.</param>
    public static TokenStatistics Compute(Tensor logits, TokenTargets targets, TokenStatisticsOptions options)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(targets);
        using DisposeScope scope = NewDisposeScope();
        (Tensor sources, Tensor tokens, Tensor mask) = targets.ToDevice(logits.device);
        return Compute(logits, sources, tokens, mask, options).MoveToOuterDisposeScope();
    }

    // H = − Σ p log p; a suppressed token has p = 0 and log p = −∞, and their product must not become NaN.
    private static Tensor Entropies(Tensor all, Tensor sources, Tensor padding, TokenStatisticsOptions options)
    {
        using IDisposable? noGradient = options.WithEntropyGradient ? null : no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor finite = options.SuppressedTokenIds.Count > 0 ? all.Limited(least: LowestLogProbability) : all;
        Tensor entropies_N = -(finite.exp() * finite).sum(-1);
        return entropies_N.index_select(0, sources.view(-1)).view(padding.shape).FilledWhere(padding, 0)
            .MoveToOuterDisposeScope();
    }
}
