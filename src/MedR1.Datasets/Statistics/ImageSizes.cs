namespace MedR1.Datasets;

/// <summary>The sizes of a data set's images.</summary>
/// <param name="Read">Images whose size was read.</param>
/// <param name="Unreadable">Images whose size could not be read.</param>
/// <param name="MinWidth">The smallest width.</param>
/// <param name="MedianWidth">The median of the widths; of an even number, the upper of the two in the middle.</param>
/// <param name="MaxWidth">The largest width.</param>
/// <param name="MinHeight">The smallest height.</param>
/// <param name="MedianHeight">The median of the heights, in the same way.</param>
/// <param name="MaxHeight">The largest height.</param>
public sealed record ImageSizes(
    int Read, int Unreadable, int MinWidth, int MedianWidth, int MaxWidth, int MinHeight, int MedianHeight,
    int MaxHeight)
{
    /// <summary>The first image whose size could not be read, and why; <see langword="null"/> if there is none.</summary>
    public string? FirstUnreadable { get; init; }

    internal static ImageSizes Of(List<(int Width, int Height)> sizes, List<string> unreadable)
    {
        string? first = unreadable.FirstOrDefault();
        if (sizes.Count == 0)
        {
            return new ImageSizes(0, unreadable.Count, 0, 0, 0, 0, 0, 0) { FirstUnreadable = first };
        }

        int[] widths = [.. sizes.Select(size => size.Width).Order()];
        int[] heights = [.. sizes.Select(size => size.Height).Order()];
        int middle = sizes.Count / 2;
        return new ImageSizes(
            sizes.Count, unreadable.Count, widths[0], widths[middle], widths[^1], heights[0], heights[middle], heights[^1])
        {
            FirstUnreadable = first,
        };
    }
}
