namespace MedR1.Evaluation.Reports;

/// <summary>
/// A drawing surface for figures, in pixels from the upper left corner; the y of a text is its baseline. SVG and PNG share the same
/// layout.
/// </summary>
internal interface ICanvas
{
    void Rectangle(double x, double y, double width, double height, Color fill, Color? stroke = null, double lineWidth = 1);

    void Line(double x1, double y1, double x2, double y2, Color color, double lineWidth = 1, bool dashed = false);

    void Path(IReadOnlyList<(double X, double Y)> points, Color color, double lineWidth);

    void Dot(double x, double y, double radius, Color color);

    void Text(double x, double y, string text, TextStyle style);
}
