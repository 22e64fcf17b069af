namespace MedR1.Training;

/// <summary>The divisor of a loss that is a mean over tokens.</summary>
public enum TokenDivisor
{
    /// <summary>The tokens of the optimizer step: accumulation gives the gradient of one large batch.</summary>
    StepTokens,

    /// <summary>
    /// The tokens of the whole rollout, divided by the number of optimizer steps that it feeds, as in TRL 1.16. This differs from
    /// <see cref="StepTokens"/> only if a rollout feeds several steps.
    /// </summary>
    MeanStepTokens,
}
