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
        Dictionary<string, int> firstExamples = FirstExamples(dataset, out List<IImageSource> images);
        UnionFind groups = Join(dataset, firstExamples);
        List<ImageFingerprint> fingerprints = new(images.Count);
        foreach (IImageSource image in images)
        {
            cancellationToken.ThrowIfCancellationRequested();
            fingerprints.Add(ImageFingerprint.Of(decode(image)));
            progress?.Report(new FingerprintProgress(fingerprints.Count, images.Count));
        }

        UnionFind alike = new(images.Count);
        NearDuplicates.Find(fingerprints, options, alike, cancellationToken);
        foreach (List<int> group in alike.Groups())
        {
            foreach (int member in group)
            {
                groups.Join(firstExamples[KeyOf(images[group[0]])], firstExamples[KeyOf(images[member])]);
            }
        }

        return groups.Groups();
    }

    private static Dictionary<string, int> FirstExamples(IVqaDataset dataset, out List<IImageSource> images)
    {
        Dictionary<string, int> first = new(StringComparer.Ordinal);
        images = [];
        for (int i = 0; i < dataset.Count; i++)
        {
            foreach (IImageSource image in dataset[i].Images)
            {
                if (first.TryAdd(KeyOf(image), i))
                {
                    images.Add(image);
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
