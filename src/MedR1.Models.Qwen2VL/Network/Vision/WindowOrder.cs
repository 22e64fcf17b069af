using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// The order of squares of patches in Qwen2.5-VL's tower: window by window, so that the patches of a window are adjacent.
/// Windows at the right and lower edges can be smaller; none is empty.
/// </summary>
/// <param name="Index">The square at each position.</param>
/// <param name="WindowLengths">The number of patches of each window.</param>
internal sealed record WindowOrder(int[] Index, IReadOnlyList<int> WindowLengths)
{
    /// <param name="grids">The grids of the images.</param>
    /// <param name="mergeSize">The side of a square in patches.</param>
    /// <param name="side">The side of a window in squares.</param>
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
