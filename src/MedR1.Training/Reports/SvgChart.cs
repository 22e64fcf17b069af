using System.Globalization;
using System.Net;
using System.Text;

namespace MedR1.Training;

/// <summary>A curve over the steps as a small SVG image, without scripts or accompanying files.</summary>
internal static class SvgChart
{
    private const int Width = 420;
    private const int Height = 180;
    private const int Left = 56;
    private const int Bottom = 24;
    private const int Top = 22;
    private const int MostPoints = 600;

    public static string Draw(string title, IReadOnlyList<(long Step, double Value)> points)
    {
        (long Step, double Value)[] shown = Thin(points);
        StringBuilder svg = Frame(title);
        if (shown.Length == 1)
        {
            Dot(svg, shown[0]);
        }
        else
        {
            Line(svg, shown);
        }

        return svg.Append("</svg>").ToString();
    }

    private static void Line(StringBuilder svg, (long Step, double Value)[] shown)
    {
        double low = shown.Min(point => point.Value);
        double high = shown.Max(point => point.Value);
        long first = shown[0].Step;
        long last = shown[^1].Step;
        double height = high > low ? high - low : 1;
        double width = last > first ? last - first : 1;
        IEnumerable<string> places = shown.Select(point => string.Create(
            CultureInfo.InvariantCulture,
            $"{Left + (point.Step - first) / width * (Width - Left - 8):0.#},"
            + $"{Height - Bottom - (point.Value - low) / height * (Height - Bottom - Top):0.#}"));
        Text(svg, Left - 6, Top + 4, "end", Number(high));
        Text(svg, Left - 6, Height - Bottom, "end", Number(low));
        Text(svg, Left, Height - 6, "start", Whole(first));
        Text(svg, Width - 8, Height - 6, "end", Whole(last));
        svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{string.Join(' ', places)}\" class=\"line\"/>");
    }

    // A line through a single point is invisible, and a single point has no range: it is drawn in the middle.
    private static void Dot(StringBuilder svg, (long Step, double Value) point)
    {
        const int X = (Left + Width - 8) / 2;
        const int Y = (Top + Height - Bottom) / 2;
        Text(svg, Left - 6, Y + 4, "end", Number(point.Value));
        Text(svg, X, Height - 6, "middle", Whole(point.Step));
        svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{X}\" cy=\"{Y}\" r=\"3\" class=\"dot\"/>");
    }

    private static StringBuilder Frame(string title)
    {
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\">");
        svg.Append(CultureInfo.InvariantCulture, $"<title>{WebUtility.HtmlEncode(title)}</title>");
        Text(svg, Left, 14, "start", title, "name");
        svg.Append(
            CultureInfo.InvariantCulture, $"<path d=\"M{Left} {Top}V{Height - Bottom}H{Width - 8}\" class=\"axis\"/>");
        return svg;
    }

    // Neighbours are averaged, so that a long run neither fills the page nor loses its ends.
    private static (long Step, double Value)[] Thin(IReadOnlyList<(long Step, double Value)> points)
    {
        int together = (points.Count + MostPoints - 1) / MostPoints;
        return [.. points.Chunk(together).Select(part => (part[^1].Step, part.Average(point => point.Value)))];
    }

    private static void Text(StringBuilder svg, int x, int y, string anchor, string text, string style = "tick") =>
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" class=\"{style}\">{WebUtility.HtmlEncode(text)}</text>");

    // Not rounded: a run of 12,345 steps doesn't end at 1.23E+04.
    private static string Whole(long step) => step.ToString(CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("G3", CultureInfo.InvariantCulture);
}
