namespace MedR1.Samples.PretrainBase;

/// <summary>Questions that share their options.</summary>
/// <param name="Name">The family's name in the data set.</param>
/// <param name="Questions">The wordings of the question.</param>
/// <param name="Answers">All options that occur.</param>
/// <param name="OptionCount">The number of options per question.</param>
internal sealed record QuestionFamily(
    string Name, IReadOnlyList<string> Questions, IReadOnlyList<string> Answers, int OptionCount)
{
    /// <summary>Collects the families of a data set.</summary>
    public static IReadOnlyList<QuestionFamily> Of(IEnumerable<VqaExample> examples) =>
        [.. examples.GroupBy(FamilyOf).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => new QuestionFamily(
            group.Key,
            [.. group.Select(example => example.Question).Distinct().Order(StringComparer.Ordinal)],
            [.. group.SelectMany(example => example.Options).Distinct().Order(StringComparer.Ordinal)],
            group.Max(example => example.Options.Count)))];

    /// <summary>The family that an example belongs to.</summary>
    public static string FamilyOf(VqaExample example) =>
        example.Metadata.TryGetValue("family", out string? family) ? family : example.Question;
}
