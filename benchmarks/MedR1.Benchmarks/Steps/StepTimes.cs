namespace MedR1.Benchmarks.Steps;

/// <summary>What a step takes.</summary>
/// <param name="Seconds">The whole.</param>
/// <param name="Parts">The seconds of each part; what is missing to the whole is neither.</param>
/// <param name="AddedBytes">The most memory beside what the process held after the first step.</param>
internal sealed record StepTimes(double Seconds, IReadOnlyDictionary<StepPart, double> Parts, long AddedBytes)
{
    /// <summary>Choosing tokens, encoding, waiting.</summary>
    public double Other => Seconds - Parts.Values.Sum();

    /// <summary>The seconds of a part; 0 if there was none.</summary>
    public double Of(StepPart part) => Parts.GetValueOrDefault(part);
}
