using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>
/// A micro-batch for a policy loss: B completions of at most T tokens. The caller owns and disposes the tensors. Values at masked
/// positions, including NaN and infinity, have no effect and receive exactly zero gradient.
/// </summary>
/// <remarks>float32 and float64 inputs are computed in their own type, float16 and bfloat16 in float32.</remarks>
public sealed record PolicyLossInputs
{
    /// <summary><c>[B, T]</c> natural log-probabilities of the completions' tokens under the policy, with gradient.</summary>
    public required Tensor LogProbabilities { get; init; }

    /// <summary><c>[B, T]</c> the loss mask, of any type: nonzero where a token takes part.</summary>
    public required Tensor Mask { get; init; }

    /// <summary><c>[B]</c> the advantage of each completion, or <c>[B, T]</c> one per token (PPO, process rewards).</summary>
    public required Tensor Advantages { get; init; }

    /// <summary>
    /// <c>[B, T]</c> log-probabilities under the policy before the first update on these completions, without gradient.
    /// </summary>
    /// <value>The default is <see langword="null"/>: on policy, which uses the detached current ones.</value>
    public Tensor? OldLogProbabilities { get; init; }

    /// <summary><c>[B, T]</c> log-probabilities under the reference policy.</summary>
    /// <value>The default is <see langword="null"/>: no reference.</value>
    public Tensor? ReferenceLogProbabilities { get; init; }

    /// <summary><c>[B, T]</c> log-probabilities that the sampler reported; NaN for tokens that it did not score.</summary>
    /// <value>The default is <see langword="null"/>: the sampler is the trainer's own model.</value>
    public Tensor? SamplerLogProbabilities { get; init; }

    /// <summary><c>[B, T]</c> entropies of the next-token distributions in nats.</summary>
    /// <value>The default is <see langword="null"/>: not computed, no entropy metric.</value>
    public Tensor? Entropies { get; init; }

    /// <summary>The weight of the entropy bonus, which overrides the option's, for an adaptive bonus.</summary>
    /// <value>The default is <see langword="null"/>: the option's.</value>
    public double? EntropyCoefficient { get; init; }

    /// <summary>
    /// The number of active tokens (mask nonzero) in all micro-batches of the optimizer step; the divisor of
    /// <see cref="LossNormalization.StepTokens"/>. See <see cref="StepTokenCount"/>.
    /// </summary>
    /// <value>The default is <see langword="null"/>: this micro-batch is the whole step.</value>
    public double? TokensInStep { get; init; }

    /// <summary>
    /// The number of completions in all micro-batches of the optimizer step, if micro-batches differ in their number of rows.
    /// </summary>
    /// <value>
    /// The default is <see langword="null"/>: rows of this micro-batch × <see cref="AccumulationSteps"/>.
    /// </value>
    public int? RowsInStep { get; init; }

    /// <summary>
    /// The number of completions of the optimizer step that have at least one active token; the divisor of
    /// <see cref="LossNormalization.NonEmptyCompletionMean"/>.
    /// </summary>
    /// <value>The default is <see langword="null"/>: the number in this micro-batch × <see cref="AccumulationSteps"/>.</value>
    public int? NonEmptyRowsInStep { get; init; }

    /// <summary>The number of micro-batches whose gradients accumulate in the optimizer step.</summary>
    /// <value>The default is 1.</value>
    public int AccumulationSteps { get; init; } = 1;

    /// <summary>
    /// The maximum number of tokens of a completion, the divisor of <see cref="LossNormalization.MaxCompletionLength"/>.
    /// </summary>
    /// <value>The default is <see langword="null"/>: not known.</value>
    public int? MaxCompletionLength { get; init; }

    /// <summary>
    /// The seed of random choices, of which only <see cref="PolicyObjective.ClipCovariance"/> makes any; a different one for each
    /// micro-batch.
    /// </summary>
    /// <value>The default is <see langword="null"/>: nothing is chosen at random.</value>
    public long? Seed { get; init; }
}
