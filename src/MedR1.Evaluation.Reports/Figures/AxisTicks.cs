using System.Globalization;

namespace MedR1.Evaluation.Reports;

/// <summary>Ticks at round numbers along an axis.</summary>
internal sealed class AxisTicks
{
    public AxisTicks(double low, double high, int about = 5)
    {
        if (!(high > low))
        {
            (low, high) = (low - 0.5, low + 0.5);
        }

        double rough = (high - low) / about;
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = power * (rough / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
        Low = Math.Floor(low / step + 1e-9) * step;
        High = Math.Ceiling(high / step - 1e-9) * step;
        int decimals = Math.Max(0, -(int)Math.Floor(Math.Log10(step) + 1e-9));
        int count = (int)Math.Round((High - Low) / step);
        Ticks =
        [
            .. Enumerable.Range(0, count + 1).Select(i => Low + i * step)
                .Select(value => (value, value.ToString($"F{decimals}", CultureInfo.InvariantCulture))),
        ];
    }

    public double Low { get; }

    public double High { get; }

    public IReadOnlyList<(double Value, string Label)> Ticks { get; }
}
