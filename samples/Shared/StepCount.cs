using System.Globalization;

namespace MedR1.Samples;

/// <summary>The only argument of samples that take nothing but a number of steps.</summary>
internal static class StepCount
{
    /// <exception cref="ArgumentException">An argument is something other than a number of at least 1.</exception>
    public static int Read(IReadOnlyList<string> arguments, int byDefault) => arguments switch
    {
        [] => byDefault,
        [string one] when int.TryParse(one, CultureInfo.InvariantCulture, out int steps) && steps >= 1 => steps,
        _ => throw new ArgumentException(
            $"'{string.Join(' ', arguments)}' is not a number of steps: give a number of at least 1, or nothing for {byDefault}."),
    };
}
