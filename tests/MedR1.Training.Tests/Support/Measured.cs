namespace MedR1.Training.Tests;

/// <summary>Creates metrics of a step.</summary>
internal static class Measured
{
    public static StepMetrics Step(long step, params (string Name, double Value)[] values) =>
        new(step, values.ToDictionary(value => value.Name, value => value.Value));
}
