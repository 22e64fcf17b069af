using MedR1.TestSupport;

namespace MedR1.Datasets.Tests;

public sealed class StatisticsTests
{
    [Fact]
    public void A_description_counts_what_is_known()
    {
        PixelImageSource small = new("small", new RgbImage(2, 3, new byte[18]));
        PixelImageSource large = new("large", new RgbImage(5, 4, new byte[60]));
        InMemoryDataset dataset = new("four",
        [
            Choice("a", 1, small) with { Modality = ImagingModality.CT, QuestionType = QuestionType.LesionGrading },
            Choice("b", 1, small) with { Modality = ImagingModality.MRI, Dataset = "D" },
            Choice("c", 0, large, new BytesImageSource("broken", [1, 2, 3])) with { Modality = ImagingModality.CT },
            new VqaExample { Id = "d", Question = "?", Answer = "yes" },
        ]);

        DatasetDescription description = dataset.Describe(readImageSizes: true);
        Assert.Equal((4, 3), (description.Examples, description.Images));
        Assert.Equal([("-", 1), ("CT(Computed Tomography)", 2), ("MR (Mag-netic Resonance Imaging)", 1)],
            description.ByModality.Select(pair => (pair.Key, pair.Value)));
        Assert.Equal([("-", 1), ("A", 1), ("B", 2)], description.ByAnswerLetter.Select(pair => (pair.Key, pair.Value)));
        Assert.Equal([("0", 1), ("2", 3)], description.ByOptionCount.Select(pair => (pair.Key, pair.Value)));
        Assert.Equal([("0", 1), ("1", 2), ("2", 1)], description.ByImageCount.Select(pair => (pair.Key, pair.Value)));
        Assert.Equal([("-", 3), ("D", 1)], description.ByDataset.Select(pair => (pair.Key, pair.Value)));
        Assert.Equal([("-", 3), ("Lesion Grading", 1)], description.ByQuestionType.Select(pair => (pair.Key, pair.Value)));
        Assert.Equal(new ImageSizes(2, 1, 2, 5, 5, 3, 4, 4), description.Sizes! with { FirstUnreadable = null });
        Assert.StartsWith("broken: The size of image 'broken' can't be read from its header", description.Sizes.FirstUnreadable);

        string[] lines = description.ToString().Split("\n\n")[0].Split('\n');
        Assert.EndsWith($"\n\nThe first image whose size is unreadable is {description.Sizes.FirstUnreadable}\n", description.ToString());
        Assert.Single(lines.Select(line => line.Length).Distinct());
        Assert.Contains(lines, line => line.StartsWith("| right letter") && line.EndsWith("| B                                |     2 |"));
        Assert.Null(dataset.Describe().Sizes);
    }

    // A file that is not there, a folder, bytes that are no image, and a source that lets no one read.
    [Fact]
    public void Images_that_cannot_be_read_are_counted_and_have_no_size()
    {
        string folder = Path.GetTempPath(), missing = Path.Combine(folder, $"{Guid.NewGuid():N}.png");
        InMemoryDataset dataset = new("unreadable", [
            Choice("?", 0, new FileImageSource(missing), new FileImageSource(folder), new BytesImageSource("broken", [1, 2, 3]), new LockedImage()),
        ]);
        ImageSizes sizes = dataset.Describe(readImageSizes: true).Sizes!;
        Assert.Equal(new ImageSizes(0, 4, 0, 0, 0, 0, 0, 0), sizes with { FirstUnreadable = null });
        Assert.StartsWith($"{missing}: There is no image '{missing}'", sizes.FirstUnreadable);
    }

    // What a user's function throws says nothing about the other images.
    [Fact]
    public void Images_that_a_function_can_not_make_are_counted_with_its_reason()
    {
        IVqaDataset dataset = new InMemoryDataset(
            "two", [Choice("a", 0, new BytesImageSource("one|1", [1])), Choice("b", 0, new BytesImageSource("two", [2]))]);
        RgbImage Decode(IImageSource image) =>
            image.Name == "two" ? new RgbImage(40, 30, new byte[3600]) : throw new NotSupportedException("no\nTIFF");
        IVqaDataset converted = dataset.ConvertImages(Decode), augmented = dataset.AugmentImages(1, Decode);
        foreach ((string what, IVqaDataset view) in (IEnumerable<(string, IVqaDataset)>)[("converted", converted), ("augmented", augmented)])
        {
            DatasetDescription description = view.Describe(readImageSizes: true);
            Assert.Equal((1, 1), (description.Sizes!.Read, description.Sizes.Unreadable));
            Assert.Equal($"{what}:one|1: no\nTIFF", description.Sizes.FirstUnreadable);
            Assert.EndsWith($"unreadable is {what}:one\\|1: no TIFF\n", description.ToString());
        }

        // A download that takes too long ends in a cancellation of its own.
        IVqaDataset late = dataset.ConvertImages(_ => throw new TaskCanceledException("too slow"));
        Assert.Equal(2, late.Describe(readImageSizes: true).Sizes!.Unreadable);

        using CancellationTokenSource source = new();
        IVqaDataset cancelled = dataset.ConvertImages(_ =>
        {
            source.Cancel();
            throw new OperationCanceledException(source.Token);
        });
        Assert.Throws<OperationCanceledException>(() => cancelled.Describe(readImageSizes: true, cancellationToken: source.Token));
    }

    [Fact]
    public void Numbers_are_ordered_by_value_and_progress_is_reported()
    {
        VqaExample ten = Choice("?", 0) with { Options = [.. Enumerable.Range(0, 10).Select(i => $"{i}")] };
        InMemoryDataset dataset = new("three", [ten, Choice("?", 0), ten]);
        ProgressList<int> described = [], measured = [];
        Assert.Equal([("2", 1), ("10", 2)], dataset.Describe(progress: described).ByOptionCount.Select(pair => (pair.Key, pair.Value)));
        dataset.FilterByLength(1, _ => 1, (_, _) => 1, measured);
        Assert.Equal([1, 2, 3], described);
        Assert.Equal([1, 2, 3], measured);
        CancellationToken cancelled = new(canceled: true);
        Assert.Throws<OperationCanceledException>(() => dataset.Describe(cancellationToken: cancelled));
        Assert.Throws<OperationCanceledException>(
            () => dataset.FilterByLength(1, _ => 1, (_, _) => 1, cancellationToken: cancelled));
    }

    // Names come from the files of a data set, and may contain anything.
    [Fact]
    public void A_name_cannot_break_the_cells_of_the_table()
    {
        InMemoryDataset dataset = new("a|b\nc", [Choice("?", 0) with { Modality = new ImagingModality("CT | MRI\r\n<b>") }]);
        string[] lines = dataset.Describe().ToString().TrimEnd('\n').Split('\n');
        Assert.Single(lines.Select(line => line.Length).Distinct());
        Assert.All(lines, line => Assert.Equal(4, line.Replace("\\|", "").Count(character => character == '|')));
        Assert.StartsWith("| a\\|b c", lines[0]);
        Assert.Contains(lines, line => line.Contains("| CT \\| MRI &lt;b> |"));
    }

    [Fact]
    public void Examples_too_long_by_text_or_by_images_are_distinguished()
    {
        InMemoryDataset dataset = new("three",
        [
            Choice("12345", 0, new PixelImageSource("4", new RgbImage(2, 2, new byte[12]))),
            Choice("1", 0, new PixelImageSource("9", new RgbImage(3, 3, new byte[27]))),
            Choice("12345", 0, new PixelImageSource("9", new RgbImage(3, 3, new byte[27]))),
        ]);

        // Text and pixels: 5 + 4, 1 + 9 and 5 + 9.
        LengthFilter filter = dataset.FilterByLength(
            10, example => example.Question.Length, (width, height) => width * height);
        Assert.Equal((2, 1, 14), (filter.Kept.Count, filter.Overlong.Count, filter.MaxTokens));
        Assert.Equal("12345", filter.Overlong[0].Question);
        Assert.Equal(("three (up to 10 tokens)", "three (above 10 tokens)"), (filter.Kept.Name, filter.Overlong.Name));
        Assert.Throws<InvalidDataException>(() => new InMemoryDataset("broken",
            [Choice("?", 0, new BytesImageSource("broken", [1, 2, 3]))]).FilterByLength(10, _ => 1, (_, _) => 1));
    }

    // 2^31 - 1 tokens of text and 1 of the image are more than an int can hold, and above any maximum.
    [Fact]
    public void A_length_needs_a_maximum_of_a_token_and_may_exceed_every_number()
    {
        InMemoryDataset dataset = new("one", [Choice("?", 0, new PixelImageSource("4", new RgbImage(2, 2, new byte[12])))]);
        Assert.Single(dataset.FilterByLength(1, _ => 1, (_, _) => 0).Kept);
        Assert.Equal(
            "maxTokens", Assert.Throws<ArgumentOutOfRangeException>(() => dataset.FilterByLength(0, _ => 0, (_, _) => 0)).ParamName);
        LengthFilter filter = dataset.FilterByLength(int.MaxValue, _ => int.MaxValue, (_, _) => 1);
        Assert.Equal((0, 1, int.MaxValue), (filter.Kept.Count, filter.Overlong.Count, filter.MaxTokens));
    }

    private sealed class LockedImage : IImageSource
    {
        public string Name => "locked";

        public Stream OpenRead() => throw new UnauthorizedAccessException("Access to it is denied.");
    }

    private static VqaExample Choice(string question, int answer, params IImageSource[] images) => new()
    {
        Id = question,
        Question = question,
        Options = ["x", "y"],
        Answer = answer == 0 ? "x" : "y",
        AnswerIndex = answer,
        Images = images,
    };
}
