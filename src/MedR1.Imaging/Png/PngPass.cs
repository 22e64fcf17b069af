namespace MedR1.Imaging;

/// <summary>One pass over the pixels of a PNG: all of them, or a grid of Adam7 (W3C PNG specification, section 8.2).</summary>
/// <param name="FirstColumn">The first column of the grid.</param>
/// <param name="FirstRow">The first row of the grid.</param>
/// <param name="ColumnStep">Number of columns from one grid point to the next.</param>
/// <param name="RowStep">Number of rows from one grid point to the next.</param>
/// <param name="ColumnCount">Number of grid points in a row.</param>
/// <param name="RowCount">Number of rows in the grid.</param>
internal readonly record struct PngPass(
    int FirstColumn, int FirstRow, int ColumnStep, int RowStep, int ColumnCount, int RowCount)
{
    private static readonly (int Column, int Row, int ColumnStep, int RowStep)[] Adam7 =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    /// <summary>The passes of an image, without empty ones, which are not stored in the file.</summary>
    public static IEnumerable<PngPass> Of(int width, int height, bool isInterlaced)
    {
        if (!isInterlaced)
        {
            return [new PngPass(0, 0, 1, 1, width, height)];
        }

        return Adam7
            .Select(grid => new PngPass(
                grid.Column, grid.Row, grid.ColumnStep, grid.RowStep,
                Points(width, grid.Column, grid.ColumnStep), Points(height, grid.Row, grid.RowStep)))
            .Where(pass => pass is { ColumnCount: > 0, RowCount: > 0 });
    }

    /// <summary>The image's column of a grid point.</summary>
    public int ColumnOf(int point) => FirstColumn + point * ColumnStep;

    /// <summary>The image's row of a grid row.</summary>
    public int RowOf(int row) => FirstRow + row * RowStep;

    private static int Points(int size, int first, int step) => size <= first ? 0 : (size - first - 1) / step + 1;
}
