namespace MedR1.Datasets;

/// <summary>How rows of a table become examples.</summary>
public sealed record TableOptions
{
    /// <summary>Which columns hold what.</summary>
    /// <value>The default looks for the usual names.</value>
    public ExampleColumns Columns { get; init; } = new();

    /// <summary>
    /// The folder that pictures' paths start from. Where it is given, one row at least must have a column of pictures.
    /// </summary>
    /// <value>The default is <see langword="null"/>: the folder of the file.</value>
    public string? ImageRoot { get; init; }

    /// <summary>What to do where a picture is not on disk.</summary>
    /// <value>The default is <see cref="MissingImageHandling.Throw"/>.</value>
    public MissingImageHandling MissingImages { get; init; } = MissingImageHandling.Throw;

    /// <summary>What to do where a question or an answer is missing.</summary>
    /// <value>The default is <see cref="MissingTextHandling.Throw"/>.</value>
    public MissingTextHandling MissingTexts { get; init; } = MissingTextHandling.Throw;
}
