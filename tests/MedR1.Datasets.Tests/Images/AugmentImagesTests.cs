namespace MedR1.Datasets.Tests;

public sealed class AugmentImagesTests
{
    private const int Width = 23;
    private const int Height = 17;

    private static readonly ImageAugmentationOptions None =
        new() { MinCropFraction = 1, MaxDegrees = 0, MaxBrightness = 0, MaxContrast = 0 };

    [Fact]
    public void Gives_the_same_for_the_same_seed_and_something_else_for_another()
    {
        Assert.Equal(Read(Augmented(seed: 3)[0].Images[0]), Read(Augmented(seed: 3)[0].Images[0]));
        Assert.NotEqual(Read(Augmented(seed: 3)[0].Images[0]), Read(Augmented(seed: 4)[0].Images[0]));
        Assert.NotEqual(Read(Augmented(seed: 3)[0].Images[0]), Read(Augmented(seed: 3)[1].Images[0]));
    }

    [Fact]
    public void Changes_only_the_pixels()
    {
        VqaExample example = Augmented(seed: 1)[1];
        VqaExample original = Questions()[1];
        Assert.Equal((original.Id, original.Problem, original.Solution), (example.Id, example.Problem, example.Solution));
        Assert.Equal($"augmented:{original.Images[0].Name}", example.Images[0].Name);
        byte[] bitmap = Read(example.Images[0]);
        Assert.Equal((Width, Height), (BitConverter.ToInt32(bitmap, 18), BitConverter.ToInt32(bitmap, 22)));
    }

    [Fact]
    public void Gives_the_original_image_if_nothing_may_change() =>
        Assert.Equal(Read(Questions()[0].Images[0]), Read(Augmented(seed: 5, None)[0].Images[0]));

    [Fact]
    public void A_part_of_a_uniform_image_is_uniform_however_it_is_rotated()
    {
        ImageAugmentationOptions moves = None with { MinCropFraction = 0.5, MaxDegrees = 180 };
        foreach (long seed in (ReadOnlySpan<long>)[1, 2, 3, 4])
        {
            RgbImage augmented = Apply(Plain(90), moves, seed);
            Assert.All(augmented.Pixels.ToArray(), value => Assert.Equal(90, value));
        }
    }

    [Fact]
    public void Half_an_image_contains_at_most_half_of_a_ramp()
    {
        byte[] ramp = [.. Enumerable.Range(0, 100).SelectMany(x => new[] { (byte)x, (byte)x, (byte)x })];
        foreach (long seed in (ReadOnlySpan<long>)[1, 2, 3, 4])
        {
            ImageAugmentation half =
                ImageAugmentation.Draw(new DeterministicRandom(seed), None with { MinCropFraction = 0.5 }) with { CropFraction = 0.5 };
            byte[] shown = half.Apply(new RgbImage(100, 1, ramp)).Pixels.ToArray();
            Assert.InRange(shown[^1] - shown[0], 49, 51);
            Assert.Equal(shown.Order(), shown);
        }
    }

    [Fact]
    public void A_quarter_turn_moves_the_upper_edge_to_the_left()
    {
        // Rows 0, 100 and 200, which are columns after a quarter turn.
        byte[] rows = [.. new byte[] { 0, 100, 200 }.SelectMany(value => Enumerable.Repeat(value, 9))];
        byte[] turned = new ImageAugmentation(1, 0, 0, Math.PI / 2, 0, 1).Apply(new RgbImage(3, 3, rows)).Pixels.ToArray();
        Assert.Equal([0, 100, 200], [turned[0], turned[3], turned[6]]);
        Assert.Equal([0, 100, 200], [turned[18], turned[21], turned[24]]);
    }

    [Fact]
    public void Brightness_adds_and_contrast_scales_around_mid_gray()
    {
        Assert.Equal(141, new ImageAugmentation(1, 0, 0, 0, 0.2, 1).Apply(Plain(90)).Pixels.Span[0]);
        Assert.Equal(71, new ImageAugmentation(1, 0, 0, 0, 0, 1.5).Apply(Plain(90)).Pixels.Span[0]);
        Assert.Equal(0, new ImageAugmentation(1, 0, 0, 0, -0.5, 1).Apply(Plain(90)).Pixels.Span[0]);
    }

    // A cache of prepared images treats equal images as one.
    [Fact]
    public void Are_equal_if_original_seed_and_options_are_equal()
    {
        IImageSource first = Augmented(seed: 3)[0].Images[0];
        Assert.Equal(first, Augmented(seed: 3)[0].Images[0]);
        Assert.Equal(first.GetHashCode(), Augmented(seed: 3)[0].Images[0].GetHashCode());
        Assert.NotEqual(first, Augmented(seed: 4)[0].Images[0]);
        Assert.NotEqual(first, Augmented(seed: 3, None)[0].Images[0]);
    }

    [Fact]
    public void Opens_no_image_before_it_is_needed()
    {
        IVqaDataset augmented = Questions().AugmentImages(1, _ => throw new InvalidDataException("opened"));
        Assert.Equal(2, augmented.ToList().Count);
        Assert.Throws<InvalidDataException>(() => augmented[0].Images[0].OpenRead());
    }

    [Fact]
    public void Invalid_options_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageAugmentationOptions { MinCropFraction = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageAugmentationOptions { MinCropFraction = 1.1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageAugmentationOptions { MaxDegrees = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageAugmentationOptions { MaxBrightness = double.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageAugmentationOptions { MaxContrast = 2 });
    }

    private static readonly PixelImageSource Original = new(
        "picture", new RgbImage(Width, Height, Enumerable.Range(0, Width * Height * 3).Select(i => (byte)(i * 7)).ToArray()));

    private static RgbImage Plain(byte gray) =>
        new(Width, Height, Enumerable.Repeat(gray, Width * Height * 3).ToArray());

    private static InMemoryDataset Questions() =>
        new("two", [.. new[] { "first", "second" }.Select(id => Examples.Make(id) with { Images = [Original] })]);

    private static IVqaDataset Augmented(long seed, ImageAugmentationOptions? options = null) =>
        Questions().AugmentImages(seed, source => ((PixelImageSource)source).Image, options);

    private static RgbImage Apply(RgbImage image, ImageAugmentationOptions options, long seed) =>
        ImageAugmentation.Draw(new DeterministicRandom(seed), options).Apply(image);

    private static byte[] Read(IImageSource image)
    {
        using Stream stream = image.OpenRead();
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
