namespace MedR1.Evaluation.Reports;

/// <summary>A color with 8 bits per channel.</summary>
internal readonly record struct Color(byte Red, byte Green, byte Blue)
{
    public static Color Ink { get; } = new(0x1f, 0x24, 0x30);

    public static Color Muted { get; } = new(0x5b, 0x63, 0x70);

    public static Color Grid { get; } = new(0xd9, 0xdd, 0xe3);

    public static Color Empty { get; } = new(0xf0, 0xf1, 0xf3);

    public static Color White { get; } = new(0xff, 0xff, 0xff);

    /// <summary>Relative luminance (WCAG 2), 0 to 1.</summary>
    public double Luminance => 0.2126 * Linear(Red) + 0.7152 * Linear(Green) + 0.0722 * Linear(Blue);

    /// <summary>The text color that is easier to read on this color.</summary>
    public Color Contrast => (Luminance + 0.05) / (Ink.Luminance + 0.05) > 1.05 / (Luminance + 0.05) ? Ink : White;

    public override string ToString() => $"#{Red:x2}{Green:x2}{Blue:x2}";

    public static Color Mix(Color from, Color to, double share) => new(
        Mix(from.Red, to.Red, share), Mix(from.Green, to.Green, share), Mix(from.Blue, to.Blue, share));

    private static byte Mix(byte from, byte to, double share) => (byte)Math.Round(from + (to - from) * share);

    private static double Linear(byte channel) =>
        channel / 255.0 is var c and <= 0.04045 ? c / 12.92 : Math.Pow((channel / 255.0 + 0.055) / 1.055, 2.4);
}
