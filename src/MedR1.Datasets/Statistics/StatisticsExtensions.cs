using System.Globalization;

namespace MedR1.Datasets;

/// <summary>Computes statistics of data sets.</summary>
public static class StatisticsExtensions
{
    private const string NotKnown = "-";

    /// <summary>Counts examples by their properties.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="readImageSizes">
    /// Whether to read the size of every image from its header. Images of which that fails are counted, whatever the reason:
    /// <see cref="ImageSizes.Unreadable"/>.
    /// </param>
    /// <param name="progress">Receives the number of examples done.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    public static DatasetDescription Describe(
        this IVqaDataset dataset, bool readImageSizes = false, IProgress<int>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        HashSet<string> imageNames = new(StringComparer.Ordinal);
        List<(int Width, int Height)> sizes = [];
        List<string> unreadable = [];
        Tally modality = new(), questionType = new(), source = new(), options = new(), letter = new(), images = new();
        for (int i = 0; i < dataset.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            VqaExample example = dataset[i];
            modality.Add(example.Modality?.Value ?? NotKnown);
            questionType.Add(example.QuestionType?.Value ?? NotKnown);
            source.Add(example.Dataset ?? NotKnown);
            options.Add(example.Options.Count.ToString());
            letter.Add(example.AnswerLetter ?? NotKnown);
            images.Add(example.Images.Count.ToString());
            foreach (IImageSource image in example.Images)
            {
                if (imageNames.Add(image.Name) && readImageSizes)
                {
                    Read(image, sizes, unreadable, cancellationToken);
                }
            }

            progress?.Report(i + 1);
        }

        return new DatasetDescription
        {
            Name = dataset.Name,
            Examples = dataset.Count,
            Images = imageNames.Count,
            ByModality = modality.Sorted(),
            ByQuestionType = questionType.Sorted(),
            ByDataset = source.Sorted(),
            ByOptionCount = options.Sorted(),
            ByAnswerLetter = letter.Sorted(),
            ByImageCount = images.Sorted(),
            Sizes = readImageSizes ? ImageSizes.Of(sizes, unreadable) : null,
        };
    }

    // Images may be made by a user's function when they are read, so that any exception is possible.
    private static void Read(
        IImageSource image, List<(int Width, int Height)> sizes, List<string> unreadable, CancellationToken cancellationToken)
    {
        try
        {
            sizes.Add(ImageHeaderSize.Of(image));
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            unreadable.Add($"{image.Name}: {ForeignExceptions.MessageOf(exception)}");
        }
    }

    private sealed class Tally
    {
        private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

        public void Add(string name) => _counts[name] = _counts.GetValueOrDefault(name) + 1;

        // Numeric names are ordered by value, so that 10 comes after 9.
        public OrderedDictionary<string, int> Sorted()
        {
            OrderedDictionary<string, int> sorted = new(StringComparer.Ordinal);
            foreach ((string name, int count) in _counts
                .OrderBy(pair => int.TryParse(pair.Key, NumberStyles.Integer, CultureInfo.InvariantCulture, out int number)
                    ? number
                    : int.MaxValue)
                .ThenBy(pair => pair.Key, StringComparer.Ordinal))
            {
                sorted.Add(name, count);
            }

            return sorted;
        }
    }
}
