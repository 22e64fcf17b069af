namespace MedR1.Datasets;

/// <summary>A view whose images are made from those of a data set.</summary>
public static class ImageConversionExtensions
{
    /// <summary>
    /// The same questions with what a function makes of each image, such as a smaller one; nothing is computed before an image is read.
    /// </summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="convert">
    /// Decodes and changes an image, such as <c>image => PillowResampler.Resize(decoder.Load(image), 384, 384)</c> with
    /// <c>MedR1.Imaging</c>; called each time an image is read, from several threads.
    /// </param>
    public static IVqaDataset ConvertImages(this IVqaDataset dataset, Func<IImageSource, RgbImage> convert)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(convert);
        return new MappedDataset($"{dataset.Name} (converted images)", dataset, (_, example) => example with
        {
            Images = [.. example.Images.Select(image => new ConvertedImageSource(image, convert))],
        });
    }
}
