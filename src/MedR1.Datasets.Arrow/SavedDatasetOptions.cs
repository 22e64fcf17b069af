namespace MedR1.Datasets.Arrow;

/// <summary>How a saved data set is read.</summary>
public sealed record SavedDatasetOptions
{
    /// <summary>How rows become examples.</summary>
    /// <value>The default looks for the usual names of columns.</value>
    public TableOptions Table { get; init; } = new();

    /// <summary>Which split of a dictionary of data sets; <see langword="null"/> takes its only one.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public string? Split { get; init; }
}
