namespace MedR1.Datasets;

/// <summary>Filters by length.</summary>
public static class LengthExtensions
{
    /// <summary>
    /// Separates out examples whose question and images are too long for a model. An image's size is read from its header; nothing
    /// is decoded.
    /// </summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="maxTokens">The maximum number of tokens of text and images together.</param>
    /// <param name="textTokens">Counts the tokens of an example's text as it will be prompted.</param>
    /// <param name="imageTokens">Counts the tokens of an image by its width and height.</param>
    /// <param name="progress">Receives the number of examples done.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <exception cref="IOException">An image can't be read.</exception>
    /// <exception cref="InvalidDataException">An image's size can't be read from its header.</exception>
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
                (int width, int height) = ImageHeaderSize.Of(image);
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
