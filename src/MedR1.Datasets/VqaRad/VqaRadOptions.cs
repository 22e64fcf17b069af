namespace MedR1.Datasets;

/// <summary>How VQA-RAD is loaded.</summary>
public sealed record VqaRadOptions
{
    /// <summary>Which part to load.</summary>
    /// <value>The default is <see cref="VqaRadSplit.All"/>.</value>
    public VqaRadSplit Split { get; init; } = VqaRadSplit.All;

    /// <summary>The name of the file with the questions, in the data set's folder.</summary>
    /// <value>The default is the published name, <c>VQA_RAD Dataset Public.json</c>.</value>
    public string AnnotationFile { get; init; } = "VQA_RAD Dataset Public.json";

    /// <summary>The name of the folder with the images, in the data set's folder.</summary>
    /// <value>The default is the published name, <c>VQA_RAD Image Folder</c>.</value>
    public string ImageFolder { get; init; } = "VQA_RAD Image Folder";

    /// <summary>What to do if an image is not on disk.</summary>
    /// <value>The default is <see cref="MissingImageHandling.Throw"/>.</value>
    public MissingImageHandling MissingImages { get; init; } = MissingImageHandling.Throw;
}
