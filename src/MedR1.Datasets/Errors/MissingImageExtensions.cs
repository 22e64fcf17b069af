namespace MedR1.Datasets;

/// <summary>Looks for the pictures of examples.</summary>
public static class MissingImageExtensions
{
    /// <summary>
    /// Counts the examples whose picture is a file that is not there, without opening any: what a loader tells of its own
    /// examples, for those that a program made. Pictures that are no <see cref="FileImageSource"/> are passed over.
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
