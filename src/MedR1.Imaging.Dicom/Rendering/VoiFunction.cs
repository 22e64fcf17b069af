namespace MedR1.Imaging.Dicom;

/// <summary>Maps rescaled values to gray: PS3.3, C.11.2.1.2 and C.11.2.1.3.</summary>
internal readonly struct VoiFunction(DicomWindow window, string function)
{
    /// <summary>The gray level, from 0 (black) to 255 (white), not rounded.</summary>
    public double Gray(double value) => function switch
    {
        "SIGMOID" => 255 / (1 + Math.Exp(-4 * (value - window.Center) / window.Width)),

        // LINEAR is not defined below a width of 1; files with fractional values have such windows nonetheless.
        "LINEAR_EXACT" => Exact(value),
        _ when window.Width < 1 => Exact(value),
        _ => Linear(value),
    };

    private double Exact(double value) => Clamp((value - window.Center) / window.Width + 0.5);

    private static double Clamp(double share) => Math.Clamp(share, 0, 1) * 255;

    // The standard's window of width w covers w integers: from c - 0.5 - (w-1)/2 to c - 0.5 + (w-1)/2.
    private double Linear(double value)
    {
        double middle = window.Center - 0.5;
        double half = (window.Width - 1) / 2;
        return value <= middle - half ? 0
            : value > middle + half ? 255
            : ((value - middle) / (window.Width - 1) + 0.5) * 255;
    }
}
