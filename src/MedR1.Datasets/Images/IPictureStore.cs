namespace MedR1.Datasets;

/// <summary>Where a data set's pictures lie.</summary>
internal interface IPictureStore
{
    /// <summary>Whether a picture is there.</summary>
    bool Contains(string path);

    /// <summary>A picture, which is opened when it is read; reading one that is not there fails.</summary>
    IImageSource Find(string path);
}
