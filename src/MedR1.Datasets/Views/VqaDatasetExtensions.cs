namespace MedR1.Datasets;

/// <summary>Filters, orderings and splits of data sets. Each returns a view: nothing is copied and no image is opened.</summary>
public static class VqaDatasetExtensions
{
    /// <summary>The examples of certain modalities.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="modalities">The modalities to keep.</param>
    public static IVqaDataset WithModality(this IVqaDataset dataset, params ImagingModality[] modalities)
    {
        HashSet<ImagingModality> wanted = [.. NotEmpty(modalities, nameof(modalities))];
        return dataset.Where(
            $"[{string.Join(", ", wanted)}]",
            example => example.Modality is ImagingModality modality && wanted.Contains(modality));
    }

    /// <summary>The examples of certain question types.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="questionTypes">The types to keep.</param>
    public static IVqaDataset WithQuestionType(
        this IVqaDataset dataset, params QuestionType[] questionTypes)
    {
        HashSet<QuestionType> wanted = [.. NotEmpty(questionTypes, nameof(questionTypes))];
        return dataset.Where(
            $"[{string.Join(", ", wanted)}]",
            example => example.QuestionType is QuestionType type && wanted.Contains(type));
    }

    /// <summary>The examples that satisfy a condition.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="condition">Whether to keep an example.</param>
    public static IVqaDataset Where(this IVqaDataset dataset, Func<VqaExample, bool> condition) =>
        dataset.Where("", condition);

    /// <summary>The first examples, or all if there are fewer.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="count">The number of examples.</param>
    public static IVqaDataset Take(this IVqaDataset dataset, int count)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return new SubsetDataset(dataset.Name, dataset, [.. Enumerable.Range(0, Math.Min(count, dataset.Count))]);
    }

    /// <summary>All examples in a random order, which is the same for the same seed on every machine.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="seed">The seed of the random choices.</param>
    public static IVqaDataset Shuffle(this IVqaDataset dataset, long seed)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return new SubsetDataset(dataset.Name, dataset, ShuffledIndices(dataset.Count, seed));
    }

    /// <summary>
    /// Two random parts. An image with several questions can end up in both parts, so the test partly measures what was learnt
    /// about that particular image; <see cref="SplitByImage"/> avoids this.
    /// </summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="trainFraction">
    /// The fraction of the examples in the training part, above 0 and below 1, rounded to the nearest whole number of examples.
    /// </param>
    /// <param name="seed">The seed of the random choices.</param>
    public static DatasetSplit Split(this IVqaDataset dataset, double trainFraction, long seed)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        int trainCount = TrainCount(dataset.Count, trainFraction);
        int[] indices = ShuffledIndices(dataset.Count, seed);
        return Divide(dataset, indices.AsSpan(0, trainCount), indices.AsSpan(trainCount));
    }

    /// <summary>
    /// Two random parts that share no image. All questions of an image go to the same part, so the parts' sizes can be off by one
    /// image's questions. Two files with the same content count as two images.
    /// </summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="trainFraction">The fraction of the examples in the training part, above 0 and below 1.</param>
    /// <param name="seed">The seed of the random choices.</param>
    public static DatasetSplit SplitByImage(this IVqaDataset dataset, double trainFraction, long seed)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return DivideGroups(dataset, ImageGroups.Find(dataset), trainFraction, seed);
    }

    /// <summary>
    /// Two random parts that share neither images nor near-duplicates, such as an image in a different compression or size, or the
    /// next slice of a scan that hardly differs. Every image is decoded once.
    /// </summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="trainFraction">The fraction of the examples in the training part, above 0 and below 1.</param>
    /// <param name="seed">The seed of the random choices.</param>
    /// <param name="decode">
    /// Decodes an image, such as <c>image => decoder.Load(image)</c> with a decoder of <c>MedR1.Imaging</c>.
    /// </param>
    /// <param name="options">Which images count as nearly the same; null for the defaults.</param>
    /// <param name="progress">Receives a report after each image.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    public static DatasetSplit SplitByNearDuplicates(
        this IVqaDataset dataset, double trainFraction, long seed, Func<IImageSource, RgbImage> decode,
        NearDuplicateOptions? options = null, IProgress<FingerprintProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(decode);
        return DivideGroups(
            dataset,
            ImageGroups.FindNear(dataset, decode, options ?? new NearDuplicateOptions(), progress, cancellationToken),
            trainFraction, seed);
    }

    /// <summary>
    /// The examples whose images neither occur in a second data set nor are near-duplicates of its images, directly or through a
    /// third image that resembles both: test questions whose images were not seen in training. Every image is decoded once.
    /// </summary>
    /// <param name="dataset">The data set, such as the test questions.</param>
    /// <param name="other">The second data set, such as the training questions.</param>
    /// <param name="decode">
    /// Decodes an image, such as <c>image => decoder.Load(image)</c> with a decoder of <c>MedR1.Imaging</c>.
    /// </param>
    /// <param name="options">Which images count as nearly the same; null for the defaults.</param>
    /// <param name="progress">Receives a report after each image.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    public static IVqaDataset WithoutNearDuplicatesOf(
        this IVqaDataset dataset, IVqaDataset other, Func<IImageSource, RgbImage> decode,
        NearDuplicateOptions? options = null, IProgress<FingerprintProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(other);
        ArgumentNullException.ThrowIfNull(decode);
        List<int>[] groups = ImageGroups.FindNear(
            new ConcatDataset(dataset, other), decode, options ?? new NearDuplicateOptions(), progress, cancellationToken);
        int[] kept = [.. groups.Where(group => group[^1] < dataset.Count).SelectMany(group => group).Order()];
        return new SubsetDataset($"{dataset.Name} (without images like those of {other.Name})", dataset, kept);
    }

    private static IVqaDataset Where(this IVqaDataset dataset, string nameSuffix, Func<VqaExample, bool> condition)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(condition);
        List<int> kept = [];
        for (int i = 0; i < dataset.Count; i++)
        {
            if (condition(dataset[i]))
            {
                kept.Add(i);
            }
        }

        return new SubsetDataset(
            nameSuffix.Length == 0 ? dataset.Name : $"{dataset.Name} {nameSuffix}", dataset, [.. kept]);
    }

    private static ReadOnlySpan<T> NotEmpty<T>(ReadOnlySpan<T> wanted, string parameter) => wanted.Length > 0
        ? wanted
        : throw new ArgumentException("Nothing would be kept: give at least one.", parameter);

    private static int TrainCount(int count, double trainFraction)
    {
        if (!(trainFraction is > 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(trainFraction), trainFraction,
                $"The training fraction must be between 0 and 1, but is {trainFraction.ToText()}.");
        }

        return (int)Math.Round(count * trainFraction, MidpointRounding.AwayFromZero);
    }

    private static DatasetSplit DivideGroups(
        IVqaDataset dataset, List<int>[] groups, double trainFraction, long seed)
    {
        int trainCount = TrainCount(dataset.Count, trainFraction);
        new DeterministicRandom(seed).Shuffle(groups.AsSpan());
        List<int> train = [];
        List<int> test = [];
        foreach (List<int> group in groups)
        {
            (train.Count + group.Count / 2 < trainCount ? train : test).AddRange(group);
        }

        train.Sort();
        test.Sort();
        return Divide(dataset, train.ToArray(), test.ToArray());
    }

    private static int[] ShuffledIndices(int count, long seed)
    {
        int[] indices = [.. Enumerable.Range(0, count)];
        new DeterministicRandom(seed).Shuffle(indices.AsSpan());
        return indices;
    }

    private static DatasetSplit Divide(IVqaDataset dataset, ReadOnlySpan<int> train, ReadOnlySpan<int> test) => new(
        new SubsetDataset($"{dataset.Name} (train)", dataset, train.ToArray()),
        new SubsetDataset($"{dataset.Name} (test)", dataset, test.ToArray()));
}
