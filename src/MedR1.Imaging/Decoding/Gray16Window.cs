namespace MedR1.Imaging;

/// <summary>The samples of a 16-bit gray image that become black and white; samples in between are mapped linearly.</summary>
/// <remarks>The result is <c>round(255·(sample − Low) / (High − Low))</c>, with halves rounded up, clamped to 0 to 255.</remarks>
public sealed record Gray16Window
{
    /// <summary>Creates a window.</summary>
    /// <param name="low">The sample that becomes 0, as do all smaller samples.</param>
    /// <param name="high">The sample that becomes 255, as do all larger samples.</param>
    /// <exception cref="ArgumentException">
    /// A bound is not finite, or <paramref name="high"/> is not above <paramref name="low"/>.
    /// </exception>
    public Gray16Window(double low, double high)
    {
        if (!double.IsFinite(low) || !double.IsFinite(high) || high <= low)
        {
            throw new ArgumentException(
                $"A gray window from {low.ToText()} to {high.ToText()} is empty: give finite ends, the high one above the low one.");
        }

        Low = low;
        High = high;
    }

    /// <summary>The full 16-bit range.</summary>
    public static Gray16Window FullRange { get; } = new(0, ushort.MaxValue);

    /// <summary>
    /// Samples above 255 are clipped, as Pillow's <c>convert("RGB")</c> does for 16-bit gray without alpha; with alpha, Pillow
    /// takes the high byte.
    /// </summary>
    public static Gray16Window CutAt255 { get; } = new(0, 255);

    /// <summary>The sample that becomes 0, as do all smaller samples.</summary>
    public double Low { get; }

    /// <summary>The sample that becomes 255, as do all larger samples.</summary>
    public double High { get; }

    /// <summary>A window specified as in DICOM (PS3.3, C.11.2.1.2.1), by its centre and its width in samples.</summary>
    /// <param name="center">The window centre.</param>
    /// <param name="width">The window width, above 1.</param>
    /// <exception cref="ArgumentException">The width is not above 1.</exception>
    public static Gray16Window FromCenterAndWidth(double center, double width)
    {
        if (!(width > 1))
        {
            throw new ArgumentException($"The window width is {width.ToText()}, but it must be above 1.", nameof(width));
        }

        return new Gray16Window(center - 0.5 - (width - 1) / 2, center - 0.5 + (width - 1) / 2);
    }

    /// <summary>The 8-bit gray level of a sample.</summary>
    /// <param name="sample">The 16-bit sample.</param>
    public byte Map(ushort sample) =>
        (byte)Math.Clamp(Math.Floor(255 * (sample - Low) / (High - Low) + 0.5), 0, 255);
}
