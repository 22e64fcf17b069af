namespace MedR1;

/// <summary>The lenient comparison of an answer with the right one, of rewards and scoring rules alike.</summary>
internal static class LenientAnswer
{
    /// <summary>
    /// Whether a text is right for a question without a list of options: the answer's text or, if the options are only in the question's
    /// text, the right letter.
    /// </summary>
    public static bool IsRight(string text, VqaExample example) => OptionText.AreAlike(text, example.Answer)
        || (example.AnswerLetter is string letter && OptionText.AreAlike(text, letter));
}
