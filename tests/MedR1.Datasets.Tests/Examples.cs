namespace MedR1.Datasets.Tests;

internal static class Examples
{
    public static VqaExample Make(
        string id, ImagingModality? modality = null, QuestionType? type = null, params IReadOnlyList<string> images) =>
        new()
        {
            Id = id,
            Question = "q",
            Answer = "a",
            Options = ["a", "b"],
            AnswerIndex = 0,
            Modality = modality,
            QuestionType = type,
            Images = [.. images.Select(image => new FileImageSource(image))],
        };

    /// <summary>
    /// Questions on images: <paramref name="questionsPerImage"/> on each of <paramref name="images"/>.
    /// </summary>
    public static InMemoryDataset OnImages(int images, int questionsPerImage) => new(
        "set", Enumerable.Range(0, images * questionsPerImage)
            .Select(i => Make($"q{i}", images: [$"picture-{i % images}.png"])));
}
