using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>
/// Log-probabilities and entropies directly from the hidden states and the head's weight: the <c>[N, V]</c> logits are never
/// materialized, neither in the forward nor in the backward pass. Chunks of the vocabulary are multiplied in the type of the inputs
/// and folded into running sums in float32 (float64 for float64); the backward pass recomputes each chunk and accumulates in the
/// same type.
/// </summary>
/// <remarks>
/// Equivalent to <see cref="SelectiveLogSoftmax"/> of the whole product. Computes gradients for those of the hidden states, weight
/// and bias that require one. If <c>backward</c> fails, for example for lack of memory, gradients are NaN and the next call under
/// the same <see cref="System.Threading.SynchronizationContext"/>, such as that of a training run, reports the cause.
/// </remarks>
public static class FusedLogProbabilities
{
    /// <summary>Computes the log-probability and entropy for one token per row.</summary>
    /// <param name="hidden"><c>[N, H]</c> hidden states after the last normalisation.</param>
    /// <param name="weight"><c>[V, H]</c> the head's weight, of the same type.</param>
    /// <param name="index"><c>[N]</c> int64 tokens.</param>
    /// <param name="bias"><c>[V]</c> the head's bias, of the same type; null for none.</param>
    /// <param name="mask">
    /// <c>[N]</c> of any type: rows where it is 0 are skipped; their results are 0 and have no gradient. Null for all rows.
    /// </param>
    /// <param name="options">Temperature, chunk sizes, suppressed tokens; null for the defaults.</param>
    /// <exception cref="ArgumentException">Shapes or types don't match, or a token is not in the vocabulary.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="InvalidOperationException">The backward pass of an earlier call failed.</exception>
    public static FusedTokenLogProbabilities Compute(
        Tensor hidden,
        Tensor weight,
        Tensor index,
        Tensor? bias = null,
        Tensor? mask = null,
        FusedLogProbabilityOptions? options = null)
    {
        BackwardFailure.OfOperators.ThrowIfAny();
        options ??= new FusedLogProbabilityOptions();
        FusedGuards.Check(hidden, weight, index, bias, mask, options);
        using DisposeScope scope = NewDisposeScope();
        Tensor? rows = mask?.to(ScalarType.Bool).nonzero().squeeze(1);
        Tensor tokens = rows is null ? index : index.index_select(0, rows);
        FusedGuards.CheckTokens(tokens, weight.shape[0]);
        Tensor states = rows is null ? hidden : hidden.index_select(0, rows);
        HeadStatistics statistics;
        HeadGradients? gradients = null;
        if (is_grad_enabled() && (hidden.requires_grad || weight.requires_grad || bias is { requires_grad: true }))
        {
            gradients = new HeadGradients(options);
            List<Tensor> outputs = FusedHeadFunction.apply(states, weight, bias!, tokens, gradients);
            statistics = gradients.TakeStatistics() with { LogProbabilities = outputs[0], Entropies = outputs[1] };
        }
        else
        {
            statistics = new HeadProduct(states, weight, bias, tokens, options).Measure();
        }

        Tensor Spread(Tensor figures) => (rows is null
            ? figures : zeros(index.shape[0], figures.dtype, figures.device).index_copy(0, rows, figures))
            .MoveToOuterDisposeScope();
        return new FusedTokenLogProbabilities(
            statistics.Spread(Spread), gradients);
    }
}
