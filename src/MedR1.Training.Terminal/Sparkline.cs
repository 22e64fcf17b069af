namespace MedR1.Training.Terminal;

/// <summary>The recent values of a metric as one line of block characters.</summary>
internal static class Sparkline
{
    private const string Blocks = "▁▂▃▄▅▆▇█";

    public static string Of(IReadOnlyList<double> values, int width)
    {
        double[] last = [.. values.Where(double.IsFinite).TakeLast(width)];
        if (last.Length == 0)
        {
            return "";
        }

        double low = last.Min();
        double range = last.Max() - low;
        return string.Concat(last.Select(
            value => Blocks[range > 0 ? (int)Math.Round((value - low) / range * (Blocks.Length - 1)) : 0]));
    }
}
