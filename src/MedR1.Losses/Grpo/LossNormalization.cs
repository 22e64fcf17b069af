namespace MedR1.Losses;

/// <summary>How token terms are reduced to a scalar. L is a token's term, m the mask, n a row's number of active tokens.</summary>
/// <remarks>
/// Rows of the step are <see cref="PolicyLossInputs.RowsInStep"/>, or the micro-batch's rows ×
/// <see cref="PolicyLossInputs.AccumulationSteps"/>.
/// </remarks>
public enum LossNormalization
{
    /// <summary>
    /// Σ over rows of (Σ L·m / max(1, n)), divided by the rows of the step, empty rows included: <c>grpo</c>
    /// (DeepSeekMath, arXiv 2402.03300, equation 3).
    /// </summary>
    CompletionMean,

    /// <summary>
    /// Like <see cref="CompletionMean"/>, but rows without an active token don't count in the divisor: verl, OpenRLHF.
    /// </summary>
    NonEmptyCompletionMean,

    /// <summary>
    /// Σ L·m / tokens of this micro-batch, divided by the accumulation steps: <c>bnpo</c>. Depends on how a step is split into
    /// micro-batches.
    /// </summary>
    MicroBatchTokens,

    /// <summary>
    /// Σ L·m / (rows of the step × <see cref="PolicyLossInputs.MaxCompletionLength"/>): <c>dr_grpo</c> (arXiv
    /// 2503.20783).
    /// </summary>
    MaxCompletionLength,

    /// <summary>
    /// Σ L·m / <see cref="PolicyLossInputs.TokensInStep"/>: <c>dapo</c> (arXiv 2503.14476, equation 8). Exact under gradient
    /// accumulation.
    /// </summary>
    StepTokens,

    /// <summary>Σ L·m / rows of the step, so that a row is weighted by its length: <c>luspo</c>.</summary>
    CompletionSum,

    /// <summary>
    /// Σ over rows of the row's single term, divided by the rows of the step, whether or not a row has tokens: RLOO. Requires a
    /// ratio of whole completions and no token terms.
    /// </summary>
    CompletionTerm,
}
