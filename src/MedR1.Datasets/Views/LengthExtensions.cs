namespace MedR1.Datasets;

/// <summary>Filters by length.</summary>
public static class LengthExtensions
{
    /// <summary>
    /// Takes out examples whose question and pictures are too long for a model. A picture's size is read from its header;
    /// nothing is decoded.
    /// </summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="maxTokens">The most tokens of text and pictures together.</param>
    /// <param name="textTokens">Counts the tokens of an example's text as it will be asked.</param>
    /// <param name="imageTokens">Counts the tokens of a picture by its width and height.</param>
    /// <param name="progress">Is told the number of examples that are done.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <exception cref="IOException">A picture can't be read.</exception>
    /// <exception cref="InvalidDataException">A picture's size can't be read from its header.</exception>
    public static LengthFilter FilterByLength(
        this IVqaDataset dataset, int maxTokens, Func<VqaExample, int> textTokens, Func<int, int, int> imageTokens,
        IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, 1);
        ArgumentNullException.ThrowIfNull(textTokens);
        ArgumentNullException.ThrowIfNull(imageTokens);
        List<int> kept = [];
        List<int> overlong = [];
        int most = 0;
        for (int i = 0; i < dataset.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            VqaExample example = dataset[i];
            long tokens = textTokens(example);
            foreach (IImageSource image in example.Images)
            {
                (int width, int height) = ImageSize.Of(image);
                tokens += imageTokens(width, height);
            }

            most = (int)Math.Max(most, Math.Min(tokens, int.MaxValue));
            (tokens <= maxTokens ? kept : overlong).Add(i);
            progress?.Report(i + 1);
        }

        return new LengthFilter(
            new SubsetDataset($"{dataset.Name} (up to {maxTokens} tokens)", dataset, [.. kept]),
            new SubsetDataset($"{dataset.Name} (above {maxTokens} tokens)", dataset, [.. overlong]), most);
    }
}
