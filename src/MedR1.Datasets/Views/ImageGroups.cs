namespace MedR1.Datasets;

/// <summary>
/// Groups examples so that no two groups share an image; an example with several images joins the groups of all its images.
/// </summary>
internal static class ImageGroups
{
    public static List<int>[] Find(IVqaDataset dataset) => Join(dataset, FirstExamples(dataset, out _)).Groups();

    /// <summary>Groups that share neither images nor near-duplicates.</summary>
    public static List<int>[] FindNear(
        IVqaDataset dataset, Func<IImageSource, RgbImage> decode, NearDuplicateOptions options,
        IProgress<FingerprintProgress>? progress, CancellationToken cancellationToken)
    {
        Dictionary<string, int> firstExamples = FirstExamples(dataset, out List<IImageSource> pictures);
        UnionFind groups = Join(dataset, firstExamples);
        List<ImageFingerprint> fingerprints = new(pictures.Count);
        foreach (IImageSource picture in pictures)
        {
            cancellationToken.ThrowIfCancellationRequested();
            fingerprints.Add(ImageFingerprint.Of(decode(picture)));
            progress?.Report(new FingerprintProgress(fingerprints.Count, pictures.Count));
        }

        UnionFind alike = new(pictures.Count);
        NearDuplicates.Find(fingerprints, options, alike, cancellationToken);
        foreach (List<int> group in alike.Groups())
        {
            foreach (int picture in group)
            {
                groups.Join(firstExamples[KeyOf(pictures[group[0]])], firstExamples[KeyOf(pictures[picture])]);
            }
        }

        return groups.Groups();
    }

    private static Dictionary<string, int> FirstExamples(IVqaDataset dataset, out List<IImageSource> pictures)
    {
        Dictionary<string, int> first = new(StringComparer.Ordinal);
        pictures = [];
        for (int i = 0; i < dataset.Count; i++)
        {
            foreach (IImageSource image in dataset[i].Images)
            {
                if (first.TryAdd(KeyOf(image), i))
                {
                    pictures.Add(image);
                }
            }
        }

        return first;
    }

    private static UnionFind Join(IVqaDataset dataset, Dictionary<string, int> firstExamples)
    {
        UnionFind groups = new(dataset.Count);
        for (int i = 0; i < dataset.Count; i++)
        {
            foreach (IImageSource image in dataset[i].Images)
            {
                groups.Join(i, firstExamples[KeyOf(image)]);
            }
        }

        return groups;
    }

    private static string KeyOf(IImageSource image) =>
        image is FileImageSource file ? Path.GetFullPath(file.Path) : image.Name;
}
