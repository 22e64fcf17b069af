namespace MedR1.Datasets;

/// <summary>How a CSV file is read.</summary>
public sealed record CsvOptions
{
    /// <summary>
    /// Columns that contain one option each, in the order of the letters, such as <c>A</c>, <c>B</c>, <c>C</c>, <c>D</c>; trailing
    /// ones may be empty.
    /// </summary>
    /// <value>The default is none: the options are a JSON list in one cell, or part of the question.</value>
    public IReadOnlyList<string> OptionColumns { get; init; } = [];

    /// <summary>How rows become examples, as for every table.</summary>
    public TableOptions Table { get; init; } = new();
}
