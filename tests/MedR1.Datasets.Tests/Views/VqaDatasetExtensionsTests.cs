namespace MedR1.Datasets.Tests;

public sealed class VqaDatasetExtensionsTests
{
    private static readonly InMemoryDataset s_mixed = new("mixed",
    [
        Examples.Make("0", ImagingModality.CT, QuestionType.LesionGrading),
        Examples.Make("1", ImagingModality.MRI, QuestionType.DiseaseDiagnosis),
        Examples.Make("2", ImagingModality.CT, QuestionType.DiseaseDiagnosis),
        Examples.Make("3"),
    ]);

    [Fact]
    public void Missing_files_are_counted_without_opening_the_others()
    {
        string there = typeof(VqaDatasetExtensionsTests).Assembly.Location;
        VqaExample example = new() { Id = "q", Question = "?", Answer = "a", Images = [new FileImageSource(there)] };
        InMemoryDataset dataset = new("mine",
        [
            example,
            example with { Images = [new FileImageSource(there), new FileImageSource("gone.png")] },
            example with { Images = [new FileImageSource("gone.png")] },
            example with { Images = [new BytesImageSource("none", [])] },
            example with { Images = [] },
        ]);
        MissingImages missing = dataset.FindMissingImages();
        Assert.Equal(2, missing.ExampleCount);
        Assert.Equal(["gone.png"], missing.FirstPaths);
        Assert.Same(MissingImages.None, dataset.Take(1).FindMissingImages());

        // The first five are named.
        missing = new InMemoryDataset("all gone", Enumerable.Range(0, 7).Select(i => Examples.Make($"{i}", images: [$"gone{i}.png"])))
            .FindMissingImages();
        Assert.Equal(7, missing.ExampleCount);
        Assert.Equal(["gone0.png", "gone1.png", "gone2.png", "gone3.png", "gone4.png"], missing.FirstPaths);
    }

    [Fact]
    public void Filters_by_modality_type_and_condition()
    {
        Assert.Equal(["0", "2"], Ids(s_mixed.WithModality(ImagingModality.CT)));
        Assert.Equal(["0", "1", "2"], Ids(s_mixed.WithModality(ImagingModality.CT, ImagingModality.MRI)));
        Assert.Equal(
            ["2"], Ids(s_mixed.WithModality(ImagingModality.CT).WithQuestionType(QuestionType.DiseaseDiagnosis)));
        Assert.Equal(["3"], Ids(s_mixed.Where(example => example.Modality is null)));
        Assert.Equal(["0", "1"], Ids(s_mixed.Take(2)));
        Assert.Equal(4, s_mixed.Take(9).Count);
        Assert.Equal("mixed [CT(Computed Tomography)]", s_mixed.WithModality(ImagingModality.CT).Name);
        Assert.Throws<ArgumentException>(() => s_mixed.WithModality());
        Assert.Throws<ArgumentOutOfRangeException>(() => s_mixed.Take(-1));
    }

    // The order is part of the contract: a seed gives the same one on every machine. Computed in Python: SplitMix64 from
    // 7, its numbers modulo i + 1 for i = 9, 8, …, 1 as the partners of a Fisher-Yates shuffle.
    [Fact]
    public void Shuffles_the_same_way_for_the_same_seed()
    {
        InMemoryDataset ten = Examples.OnImages(10, 1);
        Assert.Equal(Ids(ten.Shuffle(7)), Ids(ten.Shuffle(7)));
        Assert.NotEqual(Ids(ten.Shuffle(7)), Ids(ten.Shuffle(8)));
        Assert.Equal(Ids(ten).Order(), Ids(ten.Shuffle(7)).Order());
        Assert.Equal(["q8", "q1", "q5", "q9", "q0", "q4", "q3", "q2", "q6", "q7"], Ids(ten.Shuffle(7)));
    }

    [Fact]
    public void Splits_into_parts_without_a_common_example()
    {
        DatasetSplit split = Examples.OnImages(20, 5).Split(0.8, seed: 3);
        Assert.Equal((80, 20), (split.Train.Count, split.Test.Count));
        Assert.Equal(("set (train)", "set (test)"), (split.Train.Name, split.Test.Name));
        Assert.Empty(Ids(split.Train).Intersect(Ids(split.Test)));
    }

    // 2.5 and 1.5 are halfway between two integers; the training part gets the larger.
    [Theory]
    [InlineData(5, 0.5, 3)]
    [InlineData(3, 0.5, 2)]
    [InlineData(10, 0.74, 7)]
    [InlineData(10, 0.76, 8)]
    public void The_training_part_has_the_nearest_integer(int count, double share, int train) =>
        Assert.Equal(train, Examples.OnImages(count, 1).Split(share, seed: 3).Train.Count);

    [Fact]
    public void Splits_into_parts_without_a_common_image()
    {
        InMemoryDataset dataset = Examples.OnImages(20, 5);
        DatasetSplit split = dataset.SplitByImage(0.8, seed: 3);
        Assert.Equal((80, 20), (split.Train.Count, split.Test.Count));
        Assert.Empty(ImageNames(split.Train).Intersect(ImageNames(split.Test)));
        Assert.NotEmpty(
            ImageNames(dataset.Split(0.8, seed: 3).Train).Intersect(ImageNames(dataset.Split(0.8, seed: 3).Test)));
    }

    // Question i is on image i modulo 20, so that each image's questions are far apart.
    [Fact]
    public void Parts_without_a_common_image_have_the_order_of_the_data_set()
    {
        InMemoryDataset dataset = Examples.OnImages(20, 5);
        DatasetSplit split = dataset.SplitByImage(0.8, seed: 3);
        foreach (IVqaDataset part in (IVqaDataset[])[split.Train, split.Test])
        {
            HashSet<string> ids = [.. Ids(part)];
            Assert.Equal(Ids(dataset).Where(ids.Contains), Ids(part));
        }
    }

    // Half of ten is five, and an image goes to the training part while half of its questions, rounded down, still fit: 9 come
    // first and fit (0 + 4 < 5), or 1 comes first and 9 no longer fit (1 + 4). SplitMix64's first number from 1 is odd,
    // 10451216379200822465, from 2 even, 10905525725756348110: odd ones keep the order of two images, even ones swap them.
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 9)]
    public void An_image_with_most_of_the_questions_goes_to_the_part_where_more_fit(long seed, int trained)
    {
        InMemoryDataset dataset = new("uneven",
            Enumerable.Range(0, 10).Select(i => Examples.Make($"{i}", images: [i == 0 ? "one.png" : "nine.png"])));

        DatasetSplit split = dataset.SplitByImage(0.5, seed);

        string[] nine = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
        Assert.Equal(trained == 9 ? nine : ["0"], Ids(split.Train));
        Assert.Equal(trained == 9 ? ["0"] : nine, Ids(split.Test));
    }

    // 1 and 2 share b, 2 and 3 share c: none of the three can be separated from the others, though 1 and 3 share nothing.
    [Fact]
    public void Keeps_examples_together_that_are_linked_by_the_images_of_a_third()
    {
        InMemoryDataset dataset = new("chain",
        [
            Examples.Make("1", images: ["a", "b"]), Examples.Make("2", images: ["b", "c"]),
            Examples.Make("3", images: ["c"]),
            Examples.Make("4", images: ["d"]), Examples.Make("5", images: ["e"]), Examples.Make("6", images: ["./e"]),
        ]);
        for (int seed = 0; seed < 20; seed++)
        {
            string[] train = [.. Ids(dataset.SplitByImage(0.5, seed).Train)];
            Assert.Contains(train.Count(id => id is "1" or "2" or "3"), new[] { 0, 3 });
            Assert.Contains(train.Count(id => id is "5" or "6"), new[] { 0, 2 });
        }
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(double.NaN)]
    public void Rejects_a_share_that_leaves_a_part_empty(double share) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => s_mixed.Split(share, 1));

    [Fact]
    public void Joins_data_sets_in_order()
    {
        ConcatDataset joined = new(s_mixed.Take(1), new InMemoryDataset("none", []), s_mixed.Take(2));
        Assert.Equal(["0", "0", "1"], Ids(joined));
        Assert.Equal(["0", "0", "1"], [joined[0].Id, joined[1].Id, joined[2].Id]);
        Assert.Equal("mixed + none + mixed", joined.Name);
        Assert.Throws<ArgumentOutOfRangeException>(() => joined[3]);
        Assert.Throws<ArgumentException>(() => new ConcatDataset());
    }

    private static IEnumerable<string> Ids(IEnumerable<VqaExample> examples) => examples.Select(example => example.Id);

    private static IEnumerable<string> ImageNames(IEnumerable<VqaExample> examples) =>
        examples.SelectMany(example => example.Images).Select(image => image.Name).Distinct();
}
