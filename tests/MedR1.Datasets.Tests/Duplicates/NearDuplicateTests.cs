using MedR1.TestSupport;

namespace MedR1.Datasets.Tests;

public sealed class NearDuplicateTests
{
    [Fact]
    public void A_fingerprint_survives_size_light_and_noise_but_not_another_image()
    {
        ImageFingerprint original = ImageFingerprint.Of(BlobImage(1, 128));
        foreach (RgbImage copy in (RgbImage[])[BlobImage(1, 96), BlobImage(1, 200), Changed(BlobImage(1, 128), 3, seed: 5)])
        {
            ImageFingerprint other = ImageFingerprint.Of(copy);
            Assert.InRange(original.BitDistance(other), 0, 6);
            Assert.InRange(original.GrayDistance(other), 0, 4);
        }

        ImageFingerprint[] others = [.. Enumerable.Range(2, 30).Select(seed => ImageFingerprint.Of(BlobImage(seed, 128)))];
        Assert.All(others, other => Assert.InRange(original.BitDistance(other), 7, 64));
        Assert.Equal(original.Hash, ImageFingerprint.Of(BlobImage(1, 128)).Hash);
    }

    [Fact]
    public void Grays_are_means_of_their_areas()
    {
        // Left half black, right half white: its thumbnail and that of its negative differ by 255 everywhere.
        RgbImage half = Paint(64, (x, _) => x < 32 ? (byte)0 : (byte)255);
        RgbImage negative = Paint(64, (x, _) => x < 32 ? (byte)255 : (byte)0);
        Assert.Equal(255, ImageFingerprint.Of(half).GrayDistance(ImageFingerprint.Of(negative)));

        // A uniform image has no frequencies but the mean: its hash is 0, and only grays distinguish such images.
        ImageFingerprint dark = ImageFingerprint.Of(Paint(10, (_, _) => 20));
        ImageFingerprint light = ImageFingerprint.Of(Paint(10, (_, _) => 27));
        Assert.Equal((0UL, 0, 7.0), (dark.Hash, dark.BitDistance(light), dark.GrayDistance(light)));
    }

    // Computed with numpy from the definition: grays of ITU-R BT.601, each pixel in the cell of 32 x 32 in which it lies (of a
    // shorter side, each cell has the pixel that lies there), cosines as matrix products, and the 33rd of the 64 sorted numbers as
    // the median, from which all other numbers differ by more than 3.
    [Fact]
    public void Fingerprints_of_any_size_follow_the_definition()
    {
        ImageFingerprint wide = ImageFingerprint.Of(Pattern(70, 40, 1));
        ImageFingerprint narrow = ImageFingerprint.Of(Pattern(20, 45, 2));

        Assert.Equal((0xD3D6947CFCE000A9, 0xF69CDAE29E307021), (wide.Hash, narrow.Hash));
        Assert.Equal(32.0, wide.GrayDistance(narrow));

        static RgbImage Pattern(int width, int height, int k) => new(width, height, Enumerable.Range(0, width * height)
            .Select(i => (X: i % width, Y: i / width))
            .SelectMany(at => new[] { at.X * at.X * k + at.Y * 7, at.X * 3 + at.Y * at.Y * k, at.X * at.Y + k * 11 })
            .Select(sample => (byte)sample)
            .ToArray());
    }

    // Uniform images have the hash 0; by default, grays may differ by 4.
    [Fact]
    public void Limits_are_inclusive_and_not_negative()
    {
        ImageFingerprint[] images = [.. new byte[] { 20, 24, 29 }.Select(gray => ImageFingerprint.Of(Paint(8, (_, _) => gray)))];
        UnionFind found = new(images.Length);
        NearDuplicates.Find(images, new NearDuplicateOptions { MaxBitDistance = 0 }, found, CancellationToken.None);

        Assert.Equal([[0, 1], [2]], found.Groups());
        Assert.Throws<ArgumentOutOfRangeException>(() => new NearDuplicateOptions { MaxBitDistance = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new NearDuplicateOptions { MaxBitDistance = 16 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new NearDuplicateOptions { MaxGrayDistance = double.NaN });
    }

    [Fact]
    public void No_near_copies_are_on_both_sides_of_the_split()
    {
        // 60 images, each unchanged, scaled, and with noise, under different names; two questions per image.
        List<VqaExample> examples = [];
        for (int seed = 0; seed < 60; seed++)
        {
            RgbImage[] copies = [BlobImage(seed, 64), BlobImage(seed, 80), Changed(BlobImage(seed, 64), 2, seed)];
            for (int copy = 0; copy < copies.Length; copy++)
            {
                PixelImageSource image = new($"{seed}-{copy}", copies[copy]);
                examples.Add(Example(image, "a"));
                examples.Add(Example(image, "b"));
            }
        }

        InMemoryDataset dataset = new("copies", examples);
        ProgressList<FingerprintProgress> progress = [];
        DatasetSplit split = dataset.SplitByNearDuplicates(
            0.7, seed: 4, Decode, progress: progress);
        Assert.Equal(180, progress.Count);
        Assert.Equal(new FingerprintProgress(180, 180), progress[^1]);
        Assert.Empty(Families(split.Train).Intersect(Families(split.Test)));
        Assert.InRange(split.Train.Count, 252 - 6, 252 + 6);
        Assert.Equal(examples.Count, split.Train.Count + split.Test.Count);

        // Splitting by name alone separates copies, so that the check above can fail.
        DatasetSplit byName = dataset.SplitByImage(0.7, seed: 4);
        Assert.NotEmpty(Families(byName.Train).Intersect(Families(byName.Test)));

        DatasetSplit again = dataset.SplitByNearDuplicates(0.7, seed: 4, Decode);
        Assert.Equal(split.Train.Select(example => example.Id), again.Train.Select(example => example.Id));
    }

    // One image, and another under nine names. Half of ten is five; images go to the training part while half of their
    // questions, rounded down, still fit: the nine do if they come first (0 + 4 < 5), as with seed 2, and don't after the
    // other (1 + 4), as with seed 1.
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 9)]
    public void Near_copies_go_together_to_the_part_where_more_of_them_fit(long seed, int trained)
    {
        InMemoryDataset dataset = new("uneven", Enumerable.Range(0, 10)
            .Select(i => Example(new PixelImageSource($"{i}", BlobImage(i == 0 ? 1 : 2, 64)), "a")));

        DatasetSplit split = dataset.SplitByNearDuplicates(0.5, seed, Decode);

        Assert.Equal((trained, 10 - trained), (split.Train.Count, split.Test.Count));
        Assert.Equal(dataset[0], Assert.Single(trained == 1 ? split.Train : split.Test));
    }

    // There are questions on images 0 to 3; the other set contains 1 by its name, 2 in another size, 3 with noise. 2 has a second
    // question, which is removed with it.
    [Fact]
    public void Removes_images_that_another_set_already_contains()
    {
        IImageSource same = new PixelImageSource("1", BlobImage(1, 64));
        PixelImageSource resized = new("2", BlobImage(2, 64));
        InMemoryDataset test = new("test",
        [
            Example(new PixelImageSource("0", BlobImage(0, 64)), "a"), Example(same, "a"), Example(resized, "a"),
            Example(new PixelImageSource("3", BlobImage(3, 64)), "a"), Example(resized, "b"),
            new VqaExample { Id = "text alone", Question = "?", Answer = "x" },
        ]);
        InMemoryDataset train = new("train",
        [
            Example(same, "a"), Example(new PixelImageSource("t2", BlobImage(2, 80)), "a"),
            Example(new PixelImageSource("t3", Changed(BlobImage(3, 64), 2, seed: 3)), "a"),
            Example(new PixelImageSource("t4", BlobImage(4, 64)), "a"),
        ]);
        ProgressList<FingerprintProgress> progress = [];

        IVqaDataset kept = test.WithoutNearDuplicatesOf(train, Decode, progress: progress);

        Assert.Equal([test[0], test[5]], kept);
        Assert.Equal(new FingerprintProgress(7, 7), progress[^1]);
        Assert.Equal(test, test.WithoutNearDuplicatesOf(new InMemoryDataset("other", [train[3]]), Decode));

        // If no gray may differ, 2 and 3 are not like any other; 1 has the same name.
        NearDuplicateOptions equal = new() { MaxGrayDistance = 0 };
        Assert.Equal([test[0], test[2], test[3], test[4], test[5]], test.WithoutNearDuplicatesOf(train, Decode, equal));
    }

    // As above, but if no gray may differ, the nine are noisy images of their own, which fill each half by one.
    [Fact]
    public void A_split_takes_the_given_limits()
    {
        InMemoryDataset dataset = new("uneven", Enumerable.Range(0, 10)
            .Select(i => Example(new PixelImageSource($"{i}", Changed(BlobImage(i == 0 ? 1 : 2, 64), i == 0 ? 0 : 2, seed: i)), "a")));

        Assert.Single(dataset.SplitByNearDuplicates(0.5, seed: 1, Decode).Train);
        Assert.Equal(
            5, dataset.SplitByNearDuplicates(0.5, seed: 1, Decode, new NearDuplicateOptions { MaxGrayDistance = 0 }).Train.Count);
    }

    [Fact]
    public void Pairs_equal_those_of_an_exhaustive_comparison()
    {
        ImageFingerprint[] images =
        [
            .. Enumerable.Range(0, 120).Select(i => ImageFingerprint.Of(Changed(BlobImage(i / 4, 48), 14 * (i % 4), i))),
        ];
        NearDuplicateOptions options = new() { MaxBitDistance = 5, MaxGrayDistance = 6 };
        UnionFind expected = new(images.Length);
        for (int i = 0; i < images.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (images[i].BitDistance(images[j]) <= 5 && images[i].GrayDistance(images[j]) <= 6)
                {
                    expected.Join(i, j);
                }
            }
        }

        UnionFind found = new(images.Length);
        NearDuplicates.Find(images, options, found, CancellationToken.None);
        Assert.Equal(expected.Groups(), found.Groups());
        Assert.InRange(expected.Groups().Length, 31, 119);
    }

    [Fact]
    public void Fingerprinting_can_be_cancelled()
    {
        using CancellationTokenSource source = new();
        int decoded = 0;
        InMemoryDataset dataset = new("many", Enumerable.Range(0, 50)
            .Select(i => Example(new PixelImageSource($"{i}", BlobImage(i, 32)), "a")));
        Assert.ThrowsAny<OperationCanceledException>(() => dataset.SplitByNearDuplicates(
            0.5, 1,
            image =>
            {
                if (++decoded == 10)
                {
                    source.Cancel();
                }

                return Decode(image);
            },
            cancellationToken: source.Token));
        Assert.Equal(10, decoded);
    }

    private static RgbImage Decode(IImageSource image) => ((PixelImageSource)image).Image;

    private static IEnumerable<string> Families(IVqaDataset dataset) =>
        dataset.Select(example => example.Images[0].Name.Split('-')[0]).Distinct();

    private static VqaExample Example(IImageSource image, string question) => new()
    {
        Id = $"{image.Name}/{question}",
        Question = question,
        Answer = "yes",
        Images = [image],
    };

    // Eight soft blobs from a seed, relative to the side, so that an image can have any size.
    private static RgbImage BlobImage(int seed, int side)
    {
        Random random = new(seed);
        (double X, double Y, double Radius, double Light)[] blobs =
        [
            .. Enumerable.Range(0, 8).Select(_ => (random.NextDouble(), random.NextDouble(),
                0.08 + 0.15 * random.NextDouble(), 160 * random.NextDouble())),
        ];
        return Paint(side, (x, y) =>
        {
            double light = 20;
            foreach ((double blobX, double blobY, double radius, double blobLight) in blobs)
            {
                double across = (x + 0.5) / side - blobX;
                double down = (y + 0.5) / side - blobY;
                light += blobLight * Math.Exp(-(across * across + down * down) / (2 * radius * radius));
            }

            return (byte)Math.Clamp(light, 0, 255);
        });
    }

    private static RgbImage Changed(RgbImage image, int most, int seed)
    {
        Random random = new(seed);
        byte[] pixels = [.. image.Pixels.ToArray().Select(one => (byte)Math.Clamp(one + random.Next(-most, most + 1), 0, 255))];
        return new RgbImage(image.Width, image.Height, pixels);
    }

    private static RgbImage Paint(int side, Func<int, int, byte> gray)
    {
        byte[] pixels = new byte[side * side * 3];
        for (int i = 0; i < side * side; i++)
        {
            pixels.AsSpan(i * 3, 3).Fill(gray(i % side, i / side));
        }

        return new RgbImage(side, side, pixels);
    }
}
