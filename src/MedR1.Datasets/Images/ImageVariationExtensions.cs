namespace MedR1.Datasets;

/// <summary>A view that shows pictures a little differently, so that they are not learnt by heart.</summary>
public static class ImageVariationExtensions
{
    /// <summary>
    /// The same questions with each picture cut, turned, brightened or darkened a little at random: the same for the same
    /// seed. Sizes stay. A run that goes through the data several times takes a view with another seed for each pass,
    /// joined by <see cref="ConcatDataset"/>.
    /// </summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="seed">Where the random choices start; each example has choices of its own.</param>
    /// <param name="decode">Decodes a picture, such as <c>picture => decoder.Load(picture)</c> with a decoder of
    /// <c>MedR1.Imaging</c>; called whenever a picture is read, from several threads.</param>
    /// <param name="options">How far pictures are changed; null for the defaults.</param>
    public static IVqaDataset VaryImages(
        this IVqaDataset dataset, long seed, Func<IImageSource, RgbImage> decode, ImageVariationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(decode);
        options ??= new ImageVariationOptions();
        return new MappedDataset($"{dataset.Name} (pictures varied)", dataset, (index, example) =>
        {
            DeterministicRandom random = DeterministicRandom.For(seed, index);
            return example with
            {
                Images = [.. example.Images.Select(
                    image => new VariedImageSource(image, unchecked((long)random.NextBits()), options, decode))],
            };
        });
    }
}
