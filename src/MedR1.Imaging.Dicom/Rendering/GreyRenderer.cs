namespace MedR1.Imaging.Dicom;

/// <summary>Makes grey pictures of stored values: rescale, window, and the direction of grey.</summary>
internal static class GreyRenderer
{
    public static RgbImage Render(int[] stored, PixelFormat format, ElementTable table, DicomRenderOptions options)
    {
        double slope = table.Decimal(DicomTag.RescaleSlope, "Rescale Slope") ?? 1;
        double intercept = table.Decimal(DicomTag.RescaleIntercept, "Rescale Intercept") ?? 0;
        Func<int, double> grey = options.Window is not null || FileWindow(table) is not null
            ? Windowed(options.Window ?? FileWindow(table)!.Value, table, slope, intercept)
            : Unwindowed(stored, format, slope);
        bool isInverse = format.Photometric == "MONOCHROME1";

        // A value occurs many times: the map of all that occur is smaller than the picture.
        Dictionary<int, byte> levels = [];
        byte[] pixels = new byte[stored.Length * 3];
        for (int i = 0; i < stored.Length; i++)
        {
            if (!levels.TryGetValue(stored[i], out byte level))
            {
                level = (byte)Math.Clamp(Math.Floor(grey(stored[i]) + 0.5), 0, 255);
                levels.Add(stored[i], level);
            }

            pixels.AsSpan(i * 3, 3).Fill(isInverse ? (byte)(255 - level) : level);
        }

        return new RgbImage(format.Columns, format.Rows, pixels);
    }

    private static Func<int, double> Windowed(DicomWindow window, ElementTable table, double slope, double intercept)
    {
        if (!(window.Width >= 1) || !double.IsFinite(window.Center))
        {
            throw new DicomException($"A window of width {window.Width} around {window.Center} shows nothing: give 1 or more.");
        }

        VoiFunction function = new(window, table.Text(DicomTag.VoiLutFunction) ?? "LINEAR");
        return value => function.Grey(value * slope + intercept);
    }

    private static Func<int, double> Unwindowed(int[] stored, PixelFormat format, double slope)
    {
        if (format is { BitsStored: 8, IsSigned: false })
        {
            return value => value;
        }

        (double low, double high) = (stored.Min(), stored.Max());
        double range = Math.Max(high - low, 1);
        return slope < 0 ? value => (high - value) / range * 255 : value => (value - low) / range * 255;
    }

    private static DicomWindow? FileWindow(ElementTable table) =>
        table.Decimal(DicomTag.WindowCenter, "Window Center") is double center
        && table.Decimal(DicomTag.WindowWidth, "Window Width") is double width
            ? new DicomWindow(center, width)
            : null;
}
