using System.Net;
using System.Text;
using static System.FormattableString;

namespace MedR1.Evaluation.Reports;

/// <summary>Writes self-contained SVG.</summary>
internal sealed class SvgCanvas : ICanvas
{
    private readonly StringBuilder _svg = new();

    public void Rectangle(
        double x, double y, double width, double height, Color fill, Color? stroke = null, double lineWidth = 1)
    {
        string outline = stroke is Color color ? Invariant($" stroke=\"{color}\" stroke-width=\"{lineWidth:0.##}\"") : "";
        string place = Invariant($"x=\"{x:0.##}\" y=\"{y:0.##}\" width=\"{width:0.##}\" height=\"{height:0.##}\"");
        Append($"<rect {place} fill=\"{fill}\"{outline}/>");
    }

    public void Line(
        double x1, double y1, double x2, double y2, Color color, double lineWidth = 1, bool dashed = false)
    {
        string ends = Invariant($"x1=\"{x1:0.##}\" y1=\"{y1:0.##}\" x2=\"{x2:0.##}\" y2=\"{y2:0.##}\"");
        string dash = dashed ? " stroke-dasharray=\"5 4\"" : "";
        Append(Invariant($"<line {ends} stroke=\"{color}\" stroke-width=\"{lineWidth:0.##}\"{dash}/>"));
    }

    public void Path(IReadOnlyList<(double X, double Y)> points, Color color, double lineWidth)
    {
        string path = string.Join(' ', points.Select(point => Invariant($"{point.X:0.##},{point.Y:0.##}")));
        Append(Invariant($"<polyline points=\"{path}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"{lineWidth:0.##}\"/>"));
    }

    public void Dot(double x, double y, double radius, Color color) =>
        Append(Invariant($"<circle cx=\"{x:0.##}\" cy=\"{y:0.##}\" r=\"{radius:0.##}\" fill=\"{color}\"/>"));

    public void Text(double x, double y, string text, TextStyle style)
    {
        string anchor = style.Anchor switch { TextAnchor.Middle => "middle", TextAnchor.End => "end", _ => "start" };
        string weight = style.Bold ? " font-weight=\"bold\"" : "";
        string turn = style.Upwards ? Invariant($" transform=\"rotate(-90 {x:0.##} {y:0.##})\"") : "";
        string place = Invariant($"x=\"{x:0.##}\" y=\"{y:0.##}\" font-size=\"{style.Size:0.##}\"");
        string encoded = WebUtility.HtmlEncode(text);
        Append($"<text {place} fill=\"{style.Color}\" text-anchor=\"{anchor}\"{weight}{turn}>{encoded}</text>");
    }

    /// <summary>The whole image.</summary>
    public string Finish(double width, double height, string title)
    {
        string size = Invariant($"viewBox=\"0 0 {width:0.##} {height:0.##}\" width=\"{width:0.##}\" height=\"{height:0.##}\"");
        const string fonts = "DejaVu Sans, Verdana, sans-serif";
        return $"<svg xmlns=\"http://www.w3.org/2000/svg\" {size} role=\"img\" font-family=\"{fonts}\">"
            + $"<title>{WebUtility.HtmlEncode(title)}</title>\n{_svg}</svg>\n";
    }

    private void Append(string element) => _svg.Append(element).Append('\n');
}
