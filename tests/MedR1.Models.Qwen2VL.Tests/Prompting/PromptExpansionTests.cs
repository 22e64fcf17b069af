using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL.Tests;

public sealed class PromptExpansionTests
{
    private const int Pad = 9;

    [Fact]
    public void Each_placeholder_stands_for_the_features_of_its_image()
    {
        // 1·4·6/4 = 6 and 2·2·2/4 = 2.
        Assert.Equal(
            [1, Pad, Pad, Pad, Pad, Pad, Pad, 2, Pad, Pad, 3],
            PromptExpansion.Expand([1, Pad, 2, Pad, 3], Pad, [new ImageGrid(1, 4, 6), new ImageGrid(2, 2, 2)]));
    }

    [Fact]
    public void Text_without_images_is_unchanged()
    {
        Assert.Equal([1, 2, 3], PromptExpansion.Expand([1, 2, 3], Pad, []));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 2)]
    [InlineData(0, 1)]
    public void The_numbers_of_images_and_placeholders_must_match(int placeholders, int images)
    {
        InvalidPromptException error = Assert.Throws<InvalidPromptException>(() => PromptExpansion.Expand(
            [.. Enumerable.Repeat(Pad, placeholders)], Pad, [.. Enumerable.Repeat(new ImageGrid(1, 2, 2), images)]));
        Assert.Contains(
            $"{placeholders} image placeholders, but {images} images", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 3, 2)]
    [InlineData(1, 2, 5)]
    [InlineData(0, 2, 2)]
    [InlineData(1, 0, 0)]
    public void A_grid_that_does_not_divide_is_rejected(int frames, int rows, int columns)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => PromptExpansion.FeatureCount(new ImageGrid(frames, rows, columns)));
        Assert.Contains($"{frames} x {rows} x {columns}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(1, 3)]
    public void Without_merging_each_patch_is_a_feature(int rows, int columns) =>
        Assert.Equal(2 * 3, PromptExpansion.FeatureCount(new ImageGrid(2, rows, columns), mergeSize: 1));

    // 3.6 · 10⁹ patches exceed 32 bits, a quarter of them does not; 2.5 · 10⁹ features do.
    [Fact]
    public void The_features_of_a_huge_grid_are_counted_without_overflow()
    {
        Assert.Equal(900_000_000, PromptExpansion.FeatureCount(new ImageGrid(1, 60_000, 60_000)));
        Assert.Throws<OverflowException>(() => PromptExpansion.FeatureCount(new ImageGrid(1, 100_000, 100_000)));
    }
}
