namespace MedR1.Datasets.Arrow;

/// <summary>How a saved data set is read.</summary>
public sealed record SavedDatasetOptions
{
    /// <summary>How rows become examples.</summary>
    /// <value>The default looks for the usual column names.</value>
    public TableOptions Table { get; init; } = new();

    /// <summary>The split to read from a dictionary of data sets; <see langword="null"/> for the only one.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public string? Split { get; init; }
}
