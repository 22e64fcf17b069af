namespace MedR1.Evaluation.Reports;

/// <summary>The common elements of all figures: sizes, the title above and the caption below.</summary>
internal static class FigureFrame
{
    public const double Margin = 18;
    public const double TitleSize = 15;
    public const double LabelSize = 12;
    public const double SmallSize = 10;
    private const double CaptionLine = 14;

    /// <summary>Draws the title across the given width and returns the y below it.</summary>
    public static double Title(ICanvas canvas, string title, double width)
    {
        double y = Margin;
        foreach (string line in TextSize.Wrap(title, TitleSize * 1.1, width - 2 * Margin))
        {
            y += TitleSize + 4;
            canvas.Text(Margin, y, line, new TextStyle(TitleSize, Color.Ink, Bold: true));
        }

        return y + 16;
    }

    /// <summary>Draws the caption below y and returns the figure's height.</summary>
    public static double Caption(ICanvas canvas, IReadOnlyList<string> caption, double y, double width)
    {
        foreach (string line in caption.SelectMany(text => TextSize.Wrap(text, SmallSize, width - 2 * Margin)))
        {
            y += CaptionLine;
            canvas.Text(Margin, y, line, new TextStyle(SmallSize, Color.Muted));
        }

        return y + Margin;
    }
}
