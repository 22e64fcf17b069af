namespace MedR1.Losses;

/// <summary>Counts for <see cref="PolicyLossInputs.TokensInStep"/>.</summary>
public static class StepTokenCount
{
    /// <summary>
    /// One optimizer step's share of the tokens of a generation batch that serves several steps: tokens × accumulation steps /
    /// steps per generation, as in TRL 1.16. Prefer exact counts per step if they are known.
    /// </summary>
    /// <param name="generationTokens">Active tokens of the whole generation batch; 0 counts as 1.</param>
    /// <param name="accumulationSteps">Micro-batches in an optimizer step.</param>
    /// <param name="stepsPerGeneration">Micro-batches that the generation batch is split into.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is out of range.</exception>
    public static double OfGenerationBatch(long generationTokens, int accumulationSteps, int stepsPerGeneration)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(generationTokens);
        ArgumentOutOfRangeException.ThrowIfLessThan(accumulationSteps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stepsPerGeneration, 1);
        return (double)Math.Max(1, generationTokens) * accumulationSteps / stepsPerGeneration;
    }
}
