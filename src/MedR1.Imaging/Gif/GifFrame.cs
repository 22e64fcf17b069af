namespace MedR1.Imaging;

/// <summary>The position of a frame on the screen of a GIF, and the order in which its rows are stored.</summary>
/// <param name="Left">The frame's first column on the screen.</param>
/// <param name="Top">The frame's first row on the screen.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="IsInterlaced">Whether rows are stored in four passes.</param>
internal readonly record struct GifFrame(int Left, int Top, int Width, int Height, bool IsInterlaced)
{
    private static readonly (int First, int Step)[] s_passes = [(0, 8), (4, 8), (2, 4), (1, 2)];

    /// <summary>The frame's rows in the order of the file.</summary>
    public IEnumerable<int> Rows() => IsInterlaced ? InterlacedRows() : Enumerable.Range(0, Height);

    private IEnumerable<int> InterlacedRows()
    {
        foreach ((int first, int step) in s_passes)
        {
            for (int row = first; row < Height; row += step)
            {
                yield return row;
            }
        }
    }
}
