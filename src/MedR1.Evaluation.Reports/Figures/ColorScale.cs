namespace MedR1.Evaluation.Reports;

/// <summary>Maps values to colors that are readable in print and with red-green color blindness.</summary>
internal sealed class ColorScale(double low, double high, bool isDifference)
{
    private static readonly Color[] Sequential =
    [
        new(0xf7, 0xfb, 0xff), new(0xc6, 0xdb, 0xef), new(0x6b, 0xae, 0xd6), new(0x21, 0x71, 0xb5), new(0x08, 0x30, 0x6b),
    ];

    private static readonly Color[] Diverging =
    [
        new(0x8c, 0x2d, 0x04), new(0xec, 0x70, 0x14), new(0xfe, 0xe3, 0xc8), new(0xf7, 0xf7, 0xf7), new(0xd1, 0xe5, 0xf0),
        new(0x43, 0x93, 0xc3), new(0x05, 0x30, 0x61),
    ];

    public double Low { get; } = isDifference ? -Math.Max(Math.Abs(low), Math.Abs(high)) : low;

    public double High { get; } = isDifference ? Math.Max(Math.Abs(low), Math.Abs(high)) : high;

    public Color Of(double value)
    {
        Color[] stops = isDifference ? Diverging : Sequential;
        double share = High > Low ? Math.Clamp((value - Low) / (High - Low), 0, 1) : 0.5;
        double at = share * (stops.Length - 1);
        int stop = Math.Min((int)at, stops.Length - 2);
        return Color.Mix(stops[stop], stops[stop + 1], at - stop);
    }
}
