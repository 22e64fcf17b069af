using System.Globalization;

namespace MedR1.Evaluation.Reports;

/// <summary>Lays out and draws a heat map.</summary>
internal sealed class HeatMapPainter(HeatMap map, ICanvas canvas)
{
    private const double CellHeight = 42;
    private const double GroupGap = 12;
    private const double LegendWidth = 16;
    private const double LegendGap = 26;
    private const double AxisHeight = 22;
    private const double LabelLine = FigureFrame.LabelSize + 3;

    private readonly ColorScale _scale = new(map.Low, map.High, map.IsDifference);

    private double CellWidth => Math.Max(
        Math.Max(66, LongestWord(map.Columns, FigureFrame.LabelSize) + 10),
        map.Rows.SelectMany(row => row.Cells).Max(cell => TextSize.Width(cell?.Detail ?? "", FigureFrame.SmallSize)) + 8);

    public (double Width, double Height) Paint()
    {
        double cell = CellWidth;
        double left = FigureFrame.Margin + AxisHeight
            + map.Rows.Max(row => TextSize.Width(row.Label, FigureFrame.LabelSize)) + 10;
        double right = left + cell * map.Columns.Count;
        double legend = right + LegendGap;
        double width = legend + LegendWidth + 44 + AxisHeight + FigureFrame.Margin;
        double top = Columns(FigureFrame.Title(canvas, map.Title, width), left, cell);
        double y = top;
        double axisTop = top;
        foreach (HeatMapRow row in map.Rows)
        {
            y += row.StartsGroup ? GroupGap : 0;
            axisTop = row.StartsGroup ? y : axisTop;
            Row(row, left, y, cell);
            y += CellHeight;
        }

        // With few rows, the vertical texts can be longer than the rows are high.
        double longest = Math.Max(
            TextSize.Width(map.RowAxis, FigureFrame.LabelSize), TextSize.Width(map.Unit, FigureFrame.LabelSize));
        y = Math.Max(y, axisTop + longest + 4);
        canvas.Text(
            FigureFrame.Margin + LabelLine, (axisTop + y) / 2, map.RowAxis,
            new TextStyle(FigureFrame.LabelSize, Color.Muted, TextAnchor.Middle) { Upwards = true });
        Legend(legend, top, y - top);
        return (width, FigureFrame.Caption(canvas, map.Caption, y + 12, width));
    }

    private static double LongestWord(IEnumerable<string> labels, double size) =>
        labels.SelectMany(label => label.Split(' ')).Max(word => TextSize.Width(word, size));

    private double Columns(double y, double left, double cell)
    {
        y += LabelLine;
        canvas.Text(
            left + cell * map.Columns.Count / 2, y, map.ColumnAxis,
            new TextStyle(FigureFrame.LabelSize, Color.Muted, TextAnchor.Middle));
        IReadOnlyList<string>[] labels =
            [.. map.Columns.Select(column => TextSize.Wrap(column, FigureFrame.LabelSize, cell - 6))];
        int lines = labels.Max(label => label.Count);
        for (int column = 0; column < labels.Length; column++)
        {
            for (int line = 0; line < labels[column].Count; line++)
            {
                // The bottom lines are aligned.
                double place = y + (lines - labels[column].Count + line + 1) * LabelLine + 4;
                canvas.Text(
                    left + (column + 0.5) * cell, place, labels[column][line],
                    new TextStyle(FigureFrame.LabelSize, Color.Ink, TextAnchor.Middle));
            }
        }

        return y + lines * LabelLine + 12;
    }

    private void Row(HeatMapRow row, double left, double y, double cellWidth)
    {
        canvas.Text(
            left - 8, y + CellHeight / 2 + 4, row.Label,
            new TextStyle(FigureFrame.LabelSize, Color.Ink, TextAnchor.End));
        for (int column = 0; column < row.Cells.Count; column++)
        {
            Cell(row.Cells[column], left + column * cellWidth, y, cellWidth);
        }
    }

    private void Cell(HeatMapCell? cell, double x, double y, double width)
    {
        double middle = x + width / 2;
        if (cell is null)
        {
            canvas.Rectangle(x, y, width, CellHeight, Color.Empty, Color.White);
            canvas.Text(
                middle, y + CellHeight / 2 + 4, "–", new TextStyle(FigureFrame.LabelSize, Color.Muted, TextAnchor.Middle));
            return;
        }

        Color fill = _scale.Of(cell.Value);
        canvas.Rectangle(x, y, width, CellHeight, fill, Color.White);
        if (cell.IsMarked)
        {
            canvas.Rectangle(x + 2, y + 2, width - 4, CellHeight - 4, fill, fill.Contrast, 2);
        }

        double text = y + (cell.Detail.Length > 0 ? 19 : CellHeight / 2 + 5);
        canvas.Text(middle, text, cell.Text, new TextStyle(13, fill.Contrast, TextAnchor.Middle, Bold: cell.IsMarked));
        canvas.Text(middle, y + 33, cell.Detail, new TextStyle(FigureFrame.SmallSize, fill.Contrast, TextAnchor.Middle));
    }

    private void Legend(double x, double top, double height)
    {
        const int steps = 60;
        double length = Math.Min(height, 260);
        for (int step = 0; step < steps; step++)
        {
            double share = (step + 0.5) / steps;
            double value = _scale.High - (_scale.High - _scale.Low) * share;
            canvas.Rectangle(x, top + step * length / steps, LegendWidth, length / steps + 0.6, _scale.Of(value));
        }

        for (int tick = 0; tick <= 4; tick++)
        {
            double y = top + tick * length / 4;
            double value = _scale.High - (_scale.High - _scale.Low) * tick / 4;
            string sign = map.IsDifference && value > 0 ? "+" : "";
            canvas.Line(x + LegendWidth, y, x + LegendWidth + 4, y, Color.Muted);
            canvas.Text(
                x + LegendWidth + 7, y + 4, sign + value.ToString("0.#", CultureInfo.InvariantCulture),
                new TextStyle(FigureFrame.SmallSize, Color.Ink));
        }

        canvas.Text(
            x + LegendWidth + 44 + LabelLine, top + length / 2, map.Unit,
            new TextStyle(FigureFrame.LabelSize, Color.Muted, TextAnchor.Middle) { Upwards = true });
    }
}
