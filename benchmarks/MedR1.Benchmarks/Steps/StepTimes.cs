namespace MedR1.Benchmarks.Steps;

/// <summary>The times and the memory of a step.</summary>
/// <param name="Seconds">The total seconds.</param>
/// <param name="Parts">The seconds of each part; the rest of the total belongs to no part.</param>
/// <param name="AddedBytes">The peak memory beyond that of the process after the first step.</param>
internal sealed record StepTimes(double Seconds, IReadOnlyDictionary<StepPart, double> Parts, long AddedBytes)
{
    /// <summary>The seconds for choosing tokens, encoding and waiting.</summary>
    public double Other => Seconds - Parts.Values.Sum();

    /// <summary>The seconds of a part; 0 if there was none.</summary>
    public double Of(StepPart part) => Parts.GetValueOrDefault(part);
}
