namespace MedR1.Datasets;

/// <summary>
/// Views of a data set that remove the information in its images: a model's score on them comes from the text alone or from chance.
/// </summary>
public static class ImageAblations
{
    /// <summary>The same questions without any image.</summary>
    /// <param name="dataset">The data set.</param>
    public static IVqaDataset WithoutImages(this IVqaDataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return new MappedDataset($"{dataset.Name} (question only)", dataset, (_, example) => example with { Images = [] });
    }

    /// <summary>
    /// The same questions with every image replaced by a plain gray one of its size: a model's score on them comes from the text
    /// alone.
    /// </summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="gray">The gray level, 0 to 255.</param>
    public static IVqaDataset BlankImages(this IVqaDataset dataset, byte gray = 128)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return new MappedDataset($"{dataset.Name} (blank images)", dataset, (_, example) => example with
        {
            Images = [.. example.Images.Select(image => new BlankImageSource(image, gray))],
        });
    }

    /// <summary>
    /// Each question with the images of a different question, none of which is its own: a model that uses the images scores lower, one
    /// that ignores them is unaffected. The other question has as many images and by default the same modality, so that what images of a
    /// modality have in common is kept.
    /// </summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="seed">The seed of the random choices.</param>
    /// <param name="withinModality">Whether images stay within their modality.</param>
    /// <exception cref="ArgumentException">
    /// All questions of a modality with the same number of images are about the same images, or share one with a question.
    /// </exception>
    public static IVqaDataset ShuffleImages(this IVqaDataset dataset, long seed, bool withinModality = true)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        int[] donors = new int[dataset.Count];
        Array.Fill(donors, -1);
        IEnumerable<IGrouping<(string?, int), int>> groups = Enumerable.Range(0, dataset.Count)
            .Where(index => dataset[index].Images.Count > 0)
            .GroupBy(index => (withinModality ? dataset[index].Modality?.Value : null, dataset[index].Images.Count));
        foreach (IGrouping<(string? Modality, int Images), int> group in groups)
        {
            Deal(dataset, [.. group], donors, seed, group.Key);
        }

        return new MappedDataset(
            $"{dataset.Name} (images of other questions)", dataset,
            (index, example) => donors[index] < 0 ? example : example with { Images = dataset[donors[index]].Images });
    }

    /// <summary>
    /// Places questions about the same image next to each other, images in random order. A question's donor is as many places
    /// further on as one image has questions at most, or the first question after that with other images.
    /// </summary>
    private static void Deal(
        IVqaDataset dataset, int[] questions, int[] donors, long seed, (string? Modality, int Images) kind)
    {
        int[][] byImages =
        [
            .. questions.GroupBy(index => ImagesOf(dataset[index]))
                .Select(same => (int[])[.. same])
                .OrderBy(same => Philox.Block((ulong)seed, (ulong)same[0], 0).Low),
        ];
        if (byImages.Length < 2)
        {
            throw new ArgumentException(
                $"All {questions.Length} questions of modality '{kind.Modality ?? "(any)"}' with {kind.Images} "
                + $"{(kind.Images == 1 ? "image" : "images")} are about {NamesOf(dataset[questions[0]])}, so there "
                + "are no others to swap with. Use withinModality: false, or leave these questions out.", nameof(dataset));
        }

        int[] order = [.. byImages.SelectMany(same => same)];
        int step = byImages.Max(same => same.Length);
        for (int i = 0; i < order.Length; i++)
        {
            int question = order[i];
            int place = Enumerable.Range(i + step, order.Length)
                .FirstOrDefault(place => !ShareImage(dataset[order[place % order.Length]], dataset[question]), -1);
            donors[question] = place >= 0 ? order[place % order.Length] : throw new ArgumentException(
                $"Each of the {order.Length} questions of modality '{kind.Modality ?? "(any)"}' with {kind.Images} images shares one with "
                + $"'{dataset[question].Id}' ({NamesOf(dataset[question])}), so there are no others to swap with. "
                + "Use withinModality: false, or leave this question out.", nameof(dataset));
        }
    }

    private static bool ShareImage(VqaExample left, VqaExample right) =>
        left.Images.Any(image => right.Images.Any(other => other.Name == image.Name));

    private static string NamesOf(VqaExample example) => string.Join(", ", example.Images.Select(image => $"'{image.Name}'"));

    private static string ImagesOf(VqaExample example) => string.Join('\n', example.Images.Select(image => image.Name));
}
