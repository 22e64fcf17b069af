namespace MedR1.Evaluation;

/// <summary>
/// Views of a data set in which the pictures can't help: what a model scores on them it took from elsewhere. Plain grey
/// pictures are made by <c>BlankImages</c> of MedR1.Datasets.
/// </summary>
public static class ImageAblations
{
    /// <summary>The same questions without any picture.</summary>
    /// <param name="dataset">The data set.</param>
    public static IVqaDataset WithoutImages(this IVqaDataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return new AblatedDataset($"{dataset.Name} (question only)", dataset, (example, _) => example with { Images = [] });
    }

    /// <summary>
    /// Each question with the pictures of another one: a model that looks must lose, one that doesn't won't notice. By
    /// default the other is of the same modality, so that what the pictures have in common stays.
    /// </summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="seed">Where the random choices start.</param>
    /// <param name="withinModality">Whether pictures stay in their modality.</param>
    /// <exception cref="ArgumentException">All questions of a modality are about the same picture.</exception>
    public static IVqaDataset ShuffleImages(this IVqaDataset dataset, long seed, bool withinModality = true)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        int[] donors = new int[dataset.Count];
        Array.Fill(donors, -1);
        IEnumerable<IGrouping<(string?, int), int>> groups = Enumerable.Range(0, dataset.Count)
            .Where(index => dataset[index].Images.Count > 0)
            .GroupBy(index => (withinModality ? dataset[index].Modality?.Value : null, dataset[index].Images.Count));
        foreach (IGrouping<(string? Modality, int), int> group in groups)
        {
            Deal(dataset, [.. group], donors, seed, group.Key.Modality);
        }

        return new AblatedDataset(
            $"{dataset.Name} (pictures of other questions)", dataset,
            (example, index) => donors[index] < 0 ? example : example with { Images = dataset[donors[index]].Images });
    }

    /// <summary>
    /// Puts questions about the same picture beside each other, pictures in random order, and takes the donor as far on as
    /// the most questions about one picture: there another picture begins.
    /// </summary>
    private static void Deal(IVqaDataset dataset, int[] questions, int[] donors, long seed, string? modality)
    {
        int[][] byPicture =
        [
            .. questions.GroupBy(index => PictureOf(dataset[index]))
                .Select(same => (int[])[.. same])
                .OrderBy(same => Philox.Block((ulong)seed, (ulong)same[0], 0).Low),
        ];
        if (byPicture.Length < 2)
        {
            throw new ArgumentException(
                $"All {questions.Length} questions of modality '{modality ?? "(any)"}' are about "
                + $"'{PictureOf(dataset[questions[0]])}', so there is no other picture to give them. Use "
                + "withinModality: false, or leave the modality out.", nameof(dataset));
        }

        int[] order = [.. byPicture.SelectMany(same => same)];
        int step = byPicture.Max(same => same.Length);
        for (int i = 0; i < order.Length; i++)
        {
            int donor = i + step;
            while (PictureOf(dataset[order[donor % order.Length]]) == PictureOf(dataset[order[i]]))
            {
                donor++;
            }

            donors[order[i]] = order[donor % order.Length];
        }
    }

    private static string PictureOf(VqaExample example) => string.Join('\n', example.Images.Select(image => image.Name));
}
