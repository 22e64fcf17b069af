namespace MedR1.Evaluation;

/// <summary>A way of grouping questions.</summary>
public sealed class ReportGrouping
{
    private const string Unknown = "(unknown)";
    private readonly Func<VqaExample, string?> _key;

    private ReportGrouping(string name, Func<VqaExample, string?> key)
    {
        Name = name;
        _key = key;
    }

    /// <summary>By how the image was acquired.</summary>
    public static ReportGrouping Modality { get; } =
        new("modality", example => example.Modality?.Value ?? Unknown);

    /// <summary>By what the question asks about.</summary>
    public static ReportGrouping QuestionType { get; } =
        new("question type", example => example.QuestionType?.Value ?? Unknown);

    /// <summary>By the data set that the question comes from, leaving out questions without one.</summary>
    public static ReportGrouping Dataset { get; } = new("data set", example => example.Dataset);

    /// <summary>By the family in the metadata, leaving out questions without one.</summary>
    public static ReportGrouping Family { get; } =
        new("family", example => example.Metadata.GetValueOrDefault("family"));

    /// <summary>All groupings, in the order used in reports.</summary>
    public static IReadOnlyList<ReportGrouping> All { get; } = [Modality, QuestionType, Dataset, Family];

    /// <summary>The grouping's name.</summary>
    public string Name { get; }

    /// <summary>A question's group; <see langword="null"/> if it belongs to none.</summary>
    /// <param name="example">The question.</param>
    public string? GroupOf(VqaExample example)
    {
        ArgumentNullException.ThrowIfNull(example);
        return _key(example);
    }

    /// <summary>Groups items by their questions; groups are ordered by name.</summary>
    internal IEnumerable<IGrouping<string, T>> Group<T>(IEnumerable<T> items, Func<T, VqaExample> example) =>
        items.Where(item => _key(example(item)) is not null)
            .GroupBy(item => _key(example(item))!)
            .OrderBy(group => group.Key, StringComparer.Ordinal);
}
