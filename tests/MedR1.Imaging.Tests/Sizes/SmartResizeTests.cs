using CsCheck;

namespace MedR1.Imaging.Tests;

public sealed class SmartResizeTests
{
    // Computed with transformers' smart_resize; halves round to the even multiple: 42 / 28 = 1.5 -> 2, 70 / 28 = 2.5 -> 2.
    [Theory]
    [InlineData(320, 480, 3136, 12_845_056, 308, 476)]
    [InlineData(480, 640, 3136, 12_845_056, 476, 644)]
    [InlineData(224, 224, 3136, 12_845_056, 224, 224)]
    [InlineData(42, 42, 3136, 12_845_056, 56, 56)]
    [InlineData(70, 70, 3136, 12_845_056, 56, 56)]
    [InlineData(28, 28, 3136, 12_845_056, 56, 56)]
    [InlineData(30, 200, 3136, 12_845_056, 28, 196)]
    [InlineData(1080, 1920, 3136, 12_845_056, 1092, 1932)]
    [InlineData(4000, 6000, 3136, 12_845_056, 2912, 4368)]
    [InlineData(1080, 1920, 200_704, 1_003_520, 728, 1316)]
    [InlineData(100, 100, 200_704, 1_003_520, 448, 448)]
    public void Gives_the_sizes_of_transformers(
        int height, int width, long fewest, long most, int newHeight, int newWidth)
    {
        Assert.Equal(new ImageSize(newHeight, newWidth), SmartResize.Compute(height, width, 28, fewest, most));
        Assert.Equal(
            new ImageSize(newHeight, newWidth),
            SmartResize.Compute(height, width, 28, fewest, most, SmartResizeRule.QwenVlUtils));
    }

    [Fact]
    public void The_defaults_equal_those_of_Qwen2_VL() =>
        Assert.Equal(new ImageSize(2912, 4368), SmartResize.Compute(4000, 6000));

    [Fact]
    public void An_image_of_one_pixel_is_enlarged_to_the_minimum() =>
        Assert.Equal(new ImageSize(56, 56), SmartResize.Compute(1, 1));

    [Theory]
    [InlineData(1, 100_000)]
    [InlineData(100_000, 1)]
    [InlineData(10, 2001)]
    public void Rejects_an_image_that_is_too_long_and_thin(int height, int width)
    {
        AspectRatioException exception = Assert.Throws<AspectRatioException>(() => SmartResize.Compute(height, width));

        Assert.Contains($"{width} x {height}", exception.Message);
        Assert.Contains("at most 200", exception.Message);
        Assert.Contains("Crop it", exception.Message);
        Assert.Equal((height, width), (exception.Height, exception.Width));
    }

    [Fact]
    public void An_aspect_ratio_of_exactly_200_is_accepted() =>
        Assert.Equal(0, SmartResize.Compute(10, 2000).Width % 28);

    [Fact]
    public void Only_the_rule_of_qwen_vl_utils_refuses_limits_in_the_wrong_order()
    {
        Assert.Throws<ArgumentException>(
            () => SmartResize.Compute(56, 56, 28, 5000, 4000, SmartResizeRule.QwenVlUtils));
        Assert.Equal(0, SmartResize.Compute(56, 56, 28, 5000, 4000).Height % 28);
    }

    [Theory]
    [InlineData(0, 5, 28, 1, 1)]
    [InlineData(5, 0, 28, 1, 1)]
    [InlineData(5, 5, 0, 1, 1)]
    [InlineData(5, 5, 28, 0, 1)]
    [InlineData(5, 5, 28, 1, 0)]
    public void Rejects_sizes_below_1(int height, int width, int factor, long fewest, long most) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SmartResize.Compute(height, width, factor, fewest, most));

    [Fact]
    public void Sides_are_multiples_of_the_factor_and_pixels_within_limits() =>
        Gen.Select(Gen.Int[1, 5000], Gen.Int[1, 5000], Gen.Int[1, 40]).Sample((height, width, factor) =>
        {
            if (Math.Max(height, width) > 200 * Math.Min(height, width))
            {
                return;
            }

            long fewest = 4L * factor * factor;
            long most = 1000L * factor * factor;
            ImageSize size = SmartResize.Compute(height, width, factor, fewest, most);
            Assert.Equal((0, 0), (size.Height % factor, size.Width % factor));
            Assert.InRange((long)size.Height * size.Width, fewest, most);
        });
}
