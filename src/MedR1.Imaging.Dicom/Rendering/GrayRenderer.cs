namespace MedR1.Imaging.Dicom;

/// <summary>Renders gray images from stored values: rescale, window, and inversion for MONOCHROME1.</summary>
internal static class GrayRenderer
{
    public static RgbImage Render(int[] stored, PixelFormat format, ElementTable table, DicomRenderOptions options)
    {
        FrameAttributes attributes = new(table, options.Frame);
        Func<int, double> rescale = Rescaling(attributes.Rescale, table, format);
        Func<double, double> gray = Windowing(options.Window, attributes.Window, format)
            ?? Unwindowed(stored, rescale, format, attributes.Rescale, table);
        bool isInverse = format.Photometric == "MONOCHROME1";

        // Caches the level of each distinct value, of which there are far fewer than pixels.
        Dictionary<int, byte> levels = [];
        byte[] pixels = new byte[stored.Length * 3];
        for (int i = 0; i < stored.Length; i++)
        {
            if (!levels.TryGetValue(stored[i], out byte level))
            {
                level = (byte)Math.Clamp(Math.Floor(gray(rescale(stored[i])) + 0.5), 0, 255);
                levels.Add(stored[i], level);
            }

            pixels.AsSpan(i * 3, 3).Fill(isInverse ? (byte)(255 - level) : level);
        }

        return new RgbImage(format.Columns, format.Rows, pixels);
    }

    private static Func<int, double> Rescaling(ElementTable attributes, ElementTable table, PixelFormat format)
    {
        if (LookupTable.Find(table, DicomTag.ModalityLutSequence, format.IsSigned) is LookupTable values)
        {
            return stored => values[stored];
        }

        (double slope, double intercept) = Line(attributes);
        return stored => stored * slope + intercept;
    }

    private static (double Slope, double Intercept) Line(ElementTable attributes) => (
        attributes.Decimal(DicomTag.RescaleSlope, "Rescale Slope") ?? 1,
        attributes.Decimal(DicomTag.RescaleIntercept, "Rescale Intercept") ?? 0);

    // The caller's window, else the file's window, else the file's VOI LUT.
    private static Func<double, double>? Windowing(DicomWindow? wanted, ElementTable attributes, PixelFormat format)
    {
        if (wanted is DicomWindow given && (!(given.Width >= 1) || !double.IsFinite(given.Center)))
        {
            throw new DicomException(
                $"A window of width {given.Width.ToText()} around {given.Center.ToText()} is empty: use a width of at least 1.");
        }

        if ((wanted ?? FileWindow(attributes)) is DicomWindow window)
        {
            return new VoiFunction(window, attributes.Text(DicomTag.VoiLutFunction) ?? "LINEAR").Gray;
        }

        return LookupTable.Find(attributes, DicomTag.VoiLutSequence, format.IsSigned) is LookupTable values
            ? value => values[value] * 255.0 / values.Highest
            : null;
    }

    private static Func<double, double> Unwindowed(
        int[] stored, Func<int, double> rescale, PixelFormat format, ElementTable attributes, ElementTable table)
    {
        bool isAsStored = Line(attributes) == (1, 0) && table.Find(DicomTag.ModalityLutSequence) is null;
        if (isAsStored && format is { BitsStored: 8, IsSigned: false })
        {
            return value => value;
        }

        // A lookup table need not be monotonic, so all occurring values are considered.
        double[] occurring = [.. stored.Distinct().Select(rescale)];
        double low = occurring.Min();
        double range = occurring.Max() - low;
        return value => range > 0 ? (value - low) / range * 255 : 0;
    }

    // A window of width 0 or less shows nothing and is ignored.
    private static DicomWindow? FileWindow(ElementTable attributes) =>
        attributes.Decimal(DicomTag.WindowCenter, "Window Center") is double center
        && attributes.Decimal(DicomTag.WindowWidth, "Window Width") is double width and > 0
            ? new DicomWindow(center, width)
            : null;
}
