namespace MedR1.Datasets;

/// <summary>A view that changes images slightly, so that a model does not memorize them.</summary>
public static class ImageAugmentationExtensions
{
    /// <summary>
    /// The same questions with each image cropped, rotated, brightened or darkened slightly at random; the same for the same seed.
    /// Sizes are kept. For several passes over the data, join a view with a different seed for each pass with
    /// <see cref="ConcatDataset"/>.
    /// </summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="seed">The seed of the random choices, which are independent for each example.</param>
    /// <param name="decode">
    /// Decodes an image, such as <c>image => decoder.Load(image)</c> with a decoder of <c>MedR1.Imaging</c>; called each time
    /// an image is read, from several threads.
    /// </param>
    /// <param name="options">How much images are changed; null for the defaults.</param>
    public static IVqaDataset AugmentImages(
        this IVqaDataset dataset, long seed, Func<IImageSource, RgbImage> decode, ImageAugmentationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(decode);
        options ??= new ImageAugmentationOptions();
        return new MappedDataset($"{dataset.Name} (augmented images)", dataset, (index, example) =>
        {
            DeterministicRandom random = DeterministicRandom.For(seed, index);
            return example with
            {
                Images = [.. example.Images.Select(
                    image => new AugmentedImageSource(image, unchecked((long)random.NextBits()), options, decode))],
            };
        });
    }
}
