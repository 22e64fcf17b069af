using SkiaSharp;

namespace MedR1.Evaluation.Reports.Tests;

public sealed class FigureTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-figure-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(0, 100, "0 20 40 60 80 100")]
    [InlineData(0.21, 0.77, "0.2 0.4 0.6 0.8")]
    [InlineData(1, 60, "0 20 40 60")]
    [InlineData(0, 0.003, "0.000 0.001 0.002 0.003")]
    [InlineData(5, 5, "4.4 4.6 4.8 5.0 5.2 5.4 5.6")]
    public void Axes_have_round_numbers(double low, double high, string labels) =>
        Assert.Equal(labels.Split(' '), new AxisTicks(low, high).Ticks.Select(tick => tick.Label));

    [Fact]
    public void Colors_go_from_light_to_dark_and_diverge_at_zero()
    {
        ColorScale sequential = new(0, 100, isDifference: false);
        double[] light = [.. Enumerable.Range(0, 11).Select(i => sequential.Of(i * 10).Luminance)];
        Assert.Equal(light.OrderDescending(), light);
        ColorScale diverging = new(-10, 40, isDifference: true);
        Assert.Equal((-40, 40), (diverging.Low, diverging.High));
        Assert.Equal(new Color(0xf7, 0xf7, 0xf7), diverging.Of(0));
        Assert.True(diverging.Of(-30).Red > diverging.Of(-30).Blue && diverging.Of(30).Blue > diverging.Of(30).Red);
    }

    // The contrast of text on every color of both scales; WCAG requires 4.5.
    [Fact]
    public void Text_is_readable_on_every_color()
    {
        foreach (ColorScale scale in (ColorScale[])[new(0, 1, false), new(-1, 1, true)])
        {
            for (int i = 0; i <= 100; i++)
            {
                Color fill = scale.Of(scale.Low + (scale.High - scale.Low) * i / 100);
                double[] both = [fill.Luminance + 0.05, fill.Contrast.Luminance + 0.05];
                Assert.True(both.Max() / both.Min() >= 3.9, $"{fill} under {fill.Contrast}");
            }
        }
    }

    [Fact]
    public void A_png_has_the_size_colors_and_letters_of_the_drawing()
    {
        HeatMap map = new()
        {
            Title = "Map", Columns = ["one"], ColumnAxis = "columns", RowAxis = "rows", Unit = "%", Low = 0, High = 100,
            Rows = [new HeatMapRow("row", [new HeatMapCell(100, "")])],
        };
        string path = Path.Combine(_folder, "sub", "map.png");
        map.SavePng(path, scale: 1);
        using SKBitmap image = SKBitmap.Decode(path);
        (double width, double height) = map.Draw(new SvgCanvas());
        Assert.Equal(((int)Math.Ceiling(width), (int)Math.Ceiling(height)), (image.Width, image.Height));
        int dark = image.Pixels.Count(pixel => pixel == new SKColor(0x08, 0x30, 0x6b));
        Assert.InRange(dark, 60 * 38, 66 * 42 + 600);
        Assert.Contains(
            image.Pixels.Take(image.Width * 40), pixel => pixel.Red < 0x60 && pixel.Green < 0x60 && pixel.Blue < 0x60);
    }

    [Fact]
    public void Ten_lines_have_ten_colors()
    {
        LineChart chart = new()
        {
            Title = "Lines", XLabel = "x", YLabel = "y",
            Series = [.. Enumerable.Range(0, 10).Select(i => new ChartSeries($"line {i}", [(0, i), (1, i)]))],
        };
        string[] colors = [.. System.Xml.Linq.XElement.Parse(chart.ToSvg()).Elements()
            .Where(element => element.Name.LocalName == "polyline").Select(element => (string)element.Attribute("stroke")!)];
        Assert.Equal(10, colors.Length);
        Assert.Equal(10, colors.Distinct().Count());
    }

    [Fact]
    public void A_chart_without_points_says_so()
    {
        LineChart chart = new() { Title = "Nothing", XLabel = "x", YLabel = "y", Series = [] };
        Assert.Contains("'Nothing' has no point", Assert.Throws<InvalidOperationException>(chart.ToSvg).Message);
    }
}
