using SkiaSharp;

namespace MedR1.Evaluation.Reports;

/// <summary>Draws a PNG with SkiaSharp. Text needs an installed font; DejaVu Sans is used if available.</summary>
internal sealed class PngCanvas : ICanvas, IDisposable
{
    private readonly SKSurface _surface;
    private readonly SKTypeface _regular = Find(SKFontStyle.Normal);
    private readonly SKTypeface _bold = Find(SKFontStyle.Bold);

    public PngCanvas(double width, double height, double scale)
    {
        SKImageInfo info = new((int)Math.Ceiling(width * scale), (int)Math.Ceiling(height * scale));
        _surface = SKSurface.Create(info)
            ?? throw new InvalidOperationException($"An image of {info.Width} x {info.Height} pixels could not be created.");
        _surface.Canvas.Clear(SKColors.White);
        _surface.Canvas.Scale((float)scale);
    }

    public void Rectangle(
        double x, double y, double width, double height, Color fill, Color? stroke = null, double lineWidth = 1)
    {
        SKRect area = SKRect.Create((float)x, (float)y, (float)width, (float)height);
        using SKPaint inside = new() { Color = Of(fill), Style = SKPaintStyle.Fill, IsAntialias = true };
        _surface.Canvas.DrawRect(area, inside);
        if (stroke is Color color)
        {
            using SKPaint outline = Stroke(color, lineWidth);
            _surface.Canvas.DrawRect(area, outline);
        }
    }

    public void Line(
        double x1, double y1, double x2, double y2, Color color, double lineWidth = 1, bool dashed = false)
    {
        using SKPaint paint = Stroke(color, lineWidth);
        using SKPathEffect? dash = dashed ? SKPathEffect.CreateDash([5, 4], 0) : null;
        paint.PathEffect = dash;
        _surface.Canvas.DrawLine((float)x1, (float)y1, (float)x2, (float)y2, paint);
    }

    public void Path(IReadOnlyList<(double X, double Y)> points, Color color, double lineWidth)
    {
        using SKPath path = new();
        path.AddPoly([.. points.Select(point => new SKPoint((float)point.X, (float)point.Y))], close: false);
        using SKPaint paint = Stroke(color, lineWidth);
        _surface.Canvas.DrawPath(path, paint);
    }

    public void Dot(double x, double y, double radius, Color color)
    {
        using SKPaint paint = new() { Color = Of(color), Style = SKPaintStyle.Fill, IsAntialias = true };
        _surface.Canvas.DrawCircle((float)x, (float)y, (float)radius, paint);
    }

    public void Text(double x, double y, string text, TextStyle style)
    {
        using SKFont font = new(style.Bold ? _bold : _regular, (float)style.Size) { Subpixel = true };
        using SKPaint paint = new() { Color = Of(style.Color), IsAntialias = true };
        SKTextAlign align = style.Anchor switch
        {
            TextAnchor.Middle => SKTextAlign.Center,
            TextAnchor.End => SKTextAlign.Right,
            _ => SKTextAlign.Left,
        };
        _surface.Canvas.Save();
        _surface.Canvas.Translate((float)x, (float)y);
        _surface.Canvas.RotateDegrees(style.Upwards ? -90 : 0);
        _surface.Canvas.DrawText(text, 0, 0, align, font, paint);
        _surface.Canvas.Restore();
    }

    /// <summary>The encoded image.</summary>
    public byte[] Finish()
    {
        using SKImage image = _surface.Snapshot();
        using SKData data = image.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    public void Dispose()
    {
        _surface.Dispose();
        _regular.Dispose();
        _bold.Dispose();
    }

    private static SKTypeface Find(SKFontStyle style) =>
        SKFontManager.Default.MatchFamily("DejaVu Sans", style) ?? SKTypeface.FromFamilyName(null, style);

    private static SKPaint Stroke(Color color, double width) =>
        new() { Color = Of(color), Style = SKPaintStyle.Stroke, StrokeWidth = (float)width, IsAntialias = true };

    private static SKColor Of(Color color) => new(color.Red, color.Green, color.Blue);
}
