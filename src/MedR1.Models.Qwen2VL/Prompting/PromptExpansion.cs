using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL;

/// <summary>Expands each image's placeholder to one placeholder per feature of the vision tower.</summary>
public static class PromptExpansion
{
    /// <summary>Returns the number of features of an image: frames × rows × columns / merge².</summary>
    /// <param name="grid">The grid of patches.</param>
    /// <param name="mergeSize">The side, in patches, of the square that becomes one feature.</param>
    /// <exception cref="ArgumentException">The grid is empty or does not divide into merged patches.</exception>
    /// <exception cref="OverflowException">The number does not fit an integer of 32 bits.</exception>
    public static int FeatureCount(ImageGrid grid, int mergeSize = 2)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mergeSize, 1);
        if (grid.Frames < 1 || grid.Rows < 1 || grid.Columns < 1 ||
            grid.Rows % mergeSize != 0 || grid.Columns % mergeSize != 0)
        {
            throw new ArgumentException(
                $"A grid of {grid.Frames} x {grid.Rows} x {grid.Columns} patches is not divisible into merged " +
                $"patches of {mergeSize} x {mergeSize}.", nameof(grid));
        }

        return checked(grid.Frames * (grid.Rows / mergeSize) * (grid.Columns / mergeSize));
    }

    /// <summary>Repeats the placeholders.</summary>
    /// <param name="tokenIds">Ids with one placeholder for each image, as returned by <see cref="ChatTemplate"/>.</param>
    /// <param name="placeholderId">The id of the placeholder.</param>
    /// <param name="grids">The grids of the images, in the order of the placeholders.</param>
    /// <param name="mergeSize">The side, in patches, of the square that becomes one feature.</param>
    /// <returns>The expanded ids.</returns>
    /// <exception cref="InvalidPromptException">There are more or fewer images than placeholders.</exception>
    /// <exception cref="ArgumentException">A grid does not divide into merged patches.</exception>
    public static IReadOnlyList<int> Expand(
        IReadOnlyList<int> tokenIds, int placeholderId, IReadOnlyList<ImageGrid> grids, int mergeSize = 2)
    {
        ArgumentNullException.ThrowIfNull(tokenIds);
        ArgumentNullException.ThrowIfNull(grids);
        int placeholders = tokenIds.Count(id => id == placeholderId);
        if (placeholders != grids.Count)
        {
            throw new InvalidPromptException(
                $"The prompt has {placeholders} image placeholders, but {grids.Count} images; give one image per " +
                "placeholder.");
        }

        List<int> expanded = new(tokenIds.Count + grids.Sum(grid => FeatureCount(grid, mergeSize)));
        int image = 0;
        foreach (int id in tokenIds)
        {
            expanded.AddRange(Enumerable.Repeat(id, id == placeholderId ? FeatureCount(grids[image++], mergeSize) : 1));
        }

        return expanded;
    }
}
