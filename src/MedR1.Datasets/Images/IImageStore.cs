namespace MedR1.Datasets;

/// <summary>Where a data set's images are stored.</summary>
internal interface IImageStore
{
    /// <summary>Whether an image exists.</summary>
    bool Contains(string path);

    /// <summary>An image, which is not opened until it is read; opening an image that does not exist fails then.</summary>
    IImageSource Find(string path);
}
