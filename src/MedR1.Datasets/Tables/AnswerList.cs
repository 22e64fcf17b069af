namespace MedR1.Datasets;

/// <summary>The text of a right answer that a file writes as a list, the same for all file formats.</summary>
internal static class AnswerList
{
    /// <summary>
    /// The answer, if the list is one answer: a single value is that value, and several numbers, such as the edges of a box, are
    /// <c>[1, 2.5]</c>. <see langword="null"/> for other lists, which may be labels that are all right or answers of which each is.
    /// </summary>
    public static string? IfOne(IReadOnlyList<object?> list) => list switch
    {
        [object only] => CellText.Of(only),
        [_, _, ..] when list.All(one => one is IFormattable) => $"[{string.Join(", ", list.Select(one => CellText.Of(one!)))}]",
        _ => null,
    };

    /// <summary>Several answers or labels, each without its answer tags, as one text.</summary>
    /// <param name="list">The list.</param>
    /// <param name="separator">What to put between them; <see langword="null"/> if that is not known.</param>
    /// <param name="fault">Creates the exception for what is wrong.</param>
    public static string Join(IReadOnlyList<object?> list, string? separator, Func<string, DatasetException> fault)
    {
        string[] texts = [.. list.Select((one, entry) =>
            (one is null ? null : CellText.Of(one)) ?? throw fault($"entry {entry} of the list is not a single value."))];
        if (separator is null)
        {
            throw fault(
                $"a list of {texts.Length} values, which could be labels that are all right or answers of which each is right. Set "
                + "AnswerSeparator to join them to one text for your reward, such as \"; \" for MultiLabelReward.");
        }

        string[] answers = [.. texts.Select(AnswerTags.StrippedOrWhole)];
        return Array.Find(answers, one => one.Contains(separator, StringComparison.Ordinal)) is not { } ambiguous
            ? string.Join(separator, answers)
            : throw fault(
                $"'{ambiguous}' contains the AnswerSeparator, so the joined text could not be taken apart. Use a separator that no value "
                + "contains, such as a line break.");
    }
}
