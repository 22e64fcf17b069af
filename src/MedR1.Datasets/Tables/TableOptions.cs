namespace MedR1.Datasets;

/// <summary>How rows of a table become examples.</summary>
public sealed record TableOptions
{
    /// <summary>The meaning of the columns.</summary>
    /// <value>The default looks for the usual names.</value>
    public ExampleColumns Columns { get; init; } = new();

    /// <summary>The folder that image paths are relative to. If given, at least one row must have a column of images.</summary>
    /// <value>The default is <see langword="null"/>: the folder of the file.</value>
    public string? ImageRoot { get; init; }

    /// <summary>What to do if an image is not on disk.</summary>
    /// <value>The default is <see cref="MissingImageHandling.Throw"/>.</value>
    public MissingImageHandling MissingImages { get; init; } = MissingImageHandling.Throw;

    /// <summary>What to do if a question or an answer is missing.</summary>
    /// <value>The default is <see cref="MissingTextHandling.Throw"/>.</value>
    public MissingTextHandling MissingTexts { get; init; } = MissingTextHandling.Throw;

    /// <summary>The folder that a row's image paths are relative to.</summary>
    internal string RootOf(TableRow row) => ImageRoot ?? Path.GetDirectoryName(Path.GetFullPath(row.FilePath))!;
}
