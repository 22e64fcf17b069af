namespace MedR1.Datasets;

/// <summary>Checks whether the images of examples exist.</summary>
public static class MissingImageExtensions
{
    /// <summary>
    /// Counts the examples that have an image file that does not exist, without opening any: the check that loaders make, for
    /// examples created in code. Images other than a <see cref="FileImageSource"/> are skipped.
    /// </summary>
    /// <param name="dataset">The data set.</param>
    public static MissingImages FindMissingImages(this IVqaDataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        MissingImageCounter counter = new("", MissingImageHandling.Keep);
        foreach (VqaExample example in dataset)
        {
            counter.Keeps([.. example.Images.OfType<FileImageSource>().Select(image => image.Path)]);
        }

        return counter.Result;
    }
}
