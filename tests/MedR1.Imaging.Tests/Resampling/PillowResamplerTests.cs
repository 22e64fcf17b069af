using CsCheck;

namespace MedR1.Imaging.Tests;

public sealed class PillowResamplerTests
{
    private static readonly Gen<ResampleFilter> Filters = Gen.Enum<ResampleFilter>();
    private static readonly Gen<ResizePassOrder> Orders = Gen.Enum<ResizePassOrder>();

    private static readonly Gen<(int Width, int Height, int ToWidth, int ToHeight)> Sizes =
        Gen.Select(Gen.Int[1, 90], Gen.Int[1, 60], Gen.Int[1, 90], Gen.Int[1, 60]);

    [Fact]
    public void Vector_code_equals_scalar_code_bit_for_bit() =>
        Gen.Select(Sizes, Filters, Orders, Gen.Int).Sample((size, filter, order, seed) =>
        {
            RgbImage image = Images.Random(size.Width, size.Height, seed);
            byte[] scalar = Run(ResampleKernel.Scalar);
            Assert.Equal(scalar, Run(ResampleKernel.Vector128));
            Assert.Equal(scalar, Run(ResampleKernel.Vector256));

            byte[] Run(ResampleKernel kernel) =>
                PillowResampler.Resize(image, size.ToWidth, size.ToHeight, filter, order, kernel).Pixels.ToArray();
        }, iter: 300);

    [Fact]
    public void The_result_has_the_requested_size() =>
        Gen.Select(Sizes, Filters).Sample((size, filter) =>
        {
            RgbImage result = PillowResampler.Resize(
                Images.Constant(size.Width, size.Height, 1, 2, 3), size.ToWidth, size.ToHeight, filter);
            Assert.Equal((size.ToWidth, size.ToHeight), (result.Width, result.Height));
        }, iter: 100);

    [Fact]
    public void A_constant_image_stays_constant() =>
        Gen.Select(Sizes, Filters, Orders, Gen.Byte, Gen.Byte, Gen.Byte)
        .Sample((size, filter, order, red, green, blue) =>
        {
            RgbImage image = Images.Constant(size.Width, size.Height, red, green, blue);
            RgbImage expected = Images.Constant(size.ToWidth, size.ToHeight, red, green, blue);
            RgbImage result = PillowResampler.Resize(image, size.ToWidth, size.ToHeight, filter, order);
            Assert.Equal(expected.Pixels.ToArray(), result.Pixels.ToArray());
        }, iter: 200);

    [Fact]
    public void The_same_size_gives_the_same_image()
    {
        RgbImage image = Images.Random(7, 5, seed: 1);

        Assert.Same(image, PillowResampler.Resize(image, 7, 5));
    }

    [Fact]
    public void A_mirrored_image_gives_the_mirrored_result() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40], Gen.Int).Sample((width, toWidth, seed) =>
        {
            // Bilinear weights are symmetric bit for bit; the rounding of the others may differ between the two sides.
            RgbImage image = Images.Random(width, 3, seed);
            RgbImage result = PillowResampler.Resize(image, toWidth, 3, ResampleFilter.Bilinear);
            RgbImage mirrored = PillowResampler.Resize(Mirror(image), toWidth, 3, ResampleFilter.Bilinear);
            byte[] expected = Mirror(result).Pixels.ToArray();
            byte[] got = mirrored.Pixels.ToArray();
            Assert.All(expected.Zip(got), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 1));
        }, iter: 100);

    [Fact]
    public void Turning_the_image_turns_the_result_when_one_axis_changes() =>
        Gen.Select(Gen.Int[1, 60], Gen.Int[1, 20], Gen.Int[1, 60], Filters, Gen.Int)
        .Sample((length, other, to, filter, seed) =>
        {
            RgbImage image = Images.Random(length, other, seed);
            RgbImage rows = PillowResampler.Resize(image, to, other, filter);
            RgbImage columns = PillowResampler.Resize(Transpose(image), other, to, filter);
            Assert.Equal(rows.Pixels.ToArray(), Transpose(columns).Pixels.ToArray());
        }, iter: 200);

    // One pixel to two with a triangle: the only tap has all the weight. Two to one: support 2, both taps have a weight of
    // one half.
    [Fact]
    public void Small_images_follow_the_formula()
    {
        RgbImage one = new(1, 1, new byte[] { 9, 8, 7 });
        RgbImage two = new(2, 1, new byte[] { 10, 0, 255, 20, 255, 0 });

        Assert.Equal([9, 8, 7, 9, 8, 7], PillowResampler.Resize(one, 2, 1, ResampleFilter.Bilinear).Pixels.ToArray());
        Assert.Equal([15, 128, 128], PillowResampler.Resize(two, 1, 1, ResampleFilter.Bilinear).Pixels.ToArray());
    }

    [Fact]
    public void The_order_of_the_passes_follows_the_rule_of_Pillow_13()
    {
        // 40 x 60 to 39 x 20: the height shrinks by 40, more than twice the one column; to 20 x 30 it does not.
        RgbImage image = Images.Random(40, 60, seed: 8);

        Assert.NotEqual(Resized(39, 20, ResizePassOrder.HorizontalFirst), Resized(39, 20, ResizePassOrder.Pillow13));
        Assert.Equal(Resized(20, 30, ResizePassOrder.HorizontalFirst), Resized(20, 30, ResizePassOrder.Pillow13));
        Assert.Equal(
            PillowResampler.Resize(PillowResampler.Resize(image, 40, 20), 39, 20).Pixels.ToArray(),
            Resized(39, 20, ResizePassOrder.Pillow13));

        byte[] Resized(int width, int height, ResizePassOrder order) =>
            PillowResampler.Resize(image, width, height, ResampleFilter.Bicubic, order).Pixels.ToArray();
    }

    [Fact]
    public void Extreme_sides_resample()
    {
        RgbImage tall = Images.Random(1, 100_000, seed: 3);

        Assert.Equal((1, 28), SizeOf(PillowResampler.Resize(tall, 1, 28)));
        Assert.Equal((100_000, 1), SizeOf(PillowResampler.Resize(Images.Random(1, 1, seed: 1), 100_000, 1)));
    }

    [Fact]
    public void Rejects_invalid_sizes_and_options()
    {
        RgbImage image = Images.Random(2, 2, seed: 1);

        Assert.Throws<ArgumentOutOfRangeException>(() => PillowResampler.Resize(image, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => PillowResampler.Resize(image, 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => PillowResampler.Resize(image, 1, 1, (ResampleFilter)9));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => PillowResampler.Resize(image, 1, 1, order: (ResizePassOrder)9));
    }

    [Fact]
    public void Rejects_a_result_that_does_not_fit_an_array()
    {
        ImageTooLargeException exception = Assert.Throws<ImageTooLargeException>(
            () => PillowResampler.Resize(Images.Random(1, 1, seed: 1), 1_000_000_000, 1));

        Assert.Contains("3000000000 bytes", exception.Message);
    }

    private static (int Width, int Height) SizeOf(RgbImage image) => (image.Width, image.Height);

    private static RgbImage Mirror(RgbImage image) =>
        Rearrange(image, image.Width, image.Height, (x, y) => (image.Width - 1 - x, y));

    private static RgbImage Transpose(RgbImage image) => Rearrange(image, image.Height, image.Width, (x, y) => (y, x));

    private static RgbImage Rearrange(RgbImage image, int width, int height, Func<int, int, (int X, int Y)> from)
    {
        byte[] pixels = new byte[width * height * 3];
        for (int i = 0; i < width * height; i++)
        {
            (int x, int y) = from(i % width, i / width);
            image.Pixels.Span.Slice((y * image.Width + x) * 3, 3).CopyTo(pixels.AsSpan(i * 3));
        }

        return new RgbImage(width, height, pixels);
    }
}
