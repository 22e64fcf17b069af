namespace MedR1.Training;

/// <summary>What an HTML report shows.</summary>
/// <param name="Title">The heading.</param>
/// <param name="History">The metrics of each step; every metric is drawn as a curve.</param>
public sealed record HtmlReportContent(string Title, IReadOnlyList<StepMetrics> History)
{
    /// <summary>Facts shown at the top, by name: data, seed, steps, checkpoint.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<KeyValuePair<string, string>> Facts { get; init; } = [];

    /// <summary>The completions to show.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<CompletionRow> Completions { get; init; } = [];
}
