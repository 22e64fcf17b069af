using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL;

/// <summary>Repeats each picture's placeholder for the features that the vision tower gives for it.</summary>
public static class PromptExpansion
{
    /// <summary>How many features the tower gives for a picture: frames × rows × columns / merge².</summary>
    /// <param name="grid">The grid of patches.</param>
    /// <param name="mergeSize">How many patches on a side the merger joins.</param>
    /// <exception cref="ArgumentException">The grid is empty or does not divide into merged patches.</exception>
    public static int FeatureCount(ImageGrid grid, int mergeSize = 2)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mergeSize, 1);
        if (grid.Frames < 1 || grid.Rows < 1 || grid.Columns < 1 ||
            grid.Rows % mergeSize != 0 || grid.Columns % mergeSize != 0)
        {
            throw new ArgumentException(
                $"A grid of {grid.Frames} x {grid.Rows} x {grid.Columns} patches does not divide into merged " +
                $"patches of {mergeSize} x {mergeSize}.", nameof(grid));
        }

        return checked(grid.PatchCount / (mergeSize * mergeSize));
    }

    /// <summary>Repeats the placeholders.</summary>
    /// <param name="tokenIds">Ids with one placeholder for each picture, as <see cref="ChatTemplate"/> gives
    /// them.</param>
    /// <param name="placeholderId">The placeholder's id.</param>
    /// <param name="grids">The pictures' grids in the order of the placeholders.</param>
    /// <param name="mergeSize">How many patches on a side the merger joins.</param>
    /// <returns>The expanded ids.</returns>
    /// <exception cref="InvalidPromptException">There are more or fewer pictures than placeholders.</exception>
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
                $"The prompt has {placeholders} picture placeholders but {grids.Count} pictures; give one picture " +
                "for each.");
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
