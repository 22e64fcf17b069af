using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// The order in which Qwen2.5-VL's tower sees the squares of patches: window by window, so that the patches of a window
/// lie side by side. Windows at the right and lower edge are smaller; none is empty.
/// </summary>
/// <param name="Index">The square at each place.</param>
/// <param name="WindowLengths">Patches of each window.</param>
internal sealed record WindowOrder(int[] Index, IReadOnlyList<int> WindowLengths)
{
    /// <param name="grids">The pictures.</param>
    /// <param name="mergeSize">Patches of a square's side.</param>
    /// <param name="side">Squares of a window's side.</param>
    public static WindowOrder Create(IReadOnlyList<ImageGrid> grids, int mergeSize, int side)
    {
        var index = new List<int>();
        var lengths = new List<int>();
        int start = 0;
        foreach (ImageGrid grid in grids)
        {
            int rows = grid.Rows / mergeSize;
            int columns = grid.Columns / mergeSize;
            for (int frame = 0; frame < grid.Frames; frame++, start += rows * columns)
            {
                for (int top = 0; top < rows; top += side)
                {
                    for (int left = 0; left < columns; left += side)
                    {
                        lengths.Add(AddWindow(index, start, columns, top, left, Math.Min(side, rows - top),
                            Math.Min(side, columns - left))
                            * mergeSize * mergeSize);
                    }
                }
            }
        }

        return new WindowOrder([.. index], lengths);
    }

    private static int AddWindow(List<int> index, int start, int columns, int top, int left, int height, int width)
    {
        for (int row = top; row < top + height; row++)
        {
            for (int column = left; column < left + width; column++)
            {
                index.Add(start + row * columns + column);
            }
        }

        return height * width;
    }
}
