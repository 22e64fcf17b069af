namespace MedR1.Samples.SchoolBase;

/// <summary>How questions are put and answered: the same words in every lesson and in the quick start.</summary>
internal static class Wording
{
    /// <summary>A question with options whose answer is a letter: what the quick start asks.</summary>
    public static string AskLetter(string question, IReadOnlyList<string> options) =>
        $"{question} {Options(options)} {QuickStartPrompt.Instruction}";

    /// <summary>The answer to <see cref="AskLetter"/>.</summary>
    public static string SayLetter(int index) => $"<answer> {OptionLetters.Of(index)} </answer>";

    /// <summary>The other way round: a letter is given, its option's text asked for.</summary>
    public static string AskOption(string question, IReadOnlyList<string> options, int index) =>
        $"{question} {Options(options)} What is {OptionLetters.Of(index)}?";

    /// <summary>An open question: the answer is text.</summary>
    public static string AskOpen(string question) => $"{question} Answer in words.";

    private static string Options(IReadOnlyList<string> options) =>
        string.Join(", ", options.Select((option, index) => $"{OptionLetters.Of(index)}){option}"));
}
