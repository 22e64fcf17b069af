namespace MedR1.Rewards;

/// <summary>Finds the answer in a completion.</summary>
internal static class AnswerText
{
    /// <summary>The text in the first answer tags, else the whole text, or null if tags are required.</summary>
    public static string? Of(string text, bool requireTags) =>
        AnswerTags.FirstIgnoreCase(text) ?? (requireTags ? null : text);
}
