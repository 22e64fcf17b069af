using MedR1.Datasets;

namespace MedR1.Samples.SchoolBase;

/// <summary>How questions are put and answered: the same words in every lesson and in the quick start.</summary>
internal static class Wording
{
    /// <summary>A question with options, answered by the text of one: what the quick start asks.</summary>
    public static string Ask(string question, IReadOnlyList<string> options) =>
        $"{Problem(question, options)} {QuickStartPrompt.Instruction}";

    /// <summary>A letter is given, its option asked for.</summary>
    public static string AskOption(string question, IReadOnlyList<string> options, int index) =>
        $"{Problem(question, options)} What is {OptionLetters.Of(index)}?";

    /// <summary>An open question.</summary>
    public static string AskOpen(string question) => $"{question} Answer in words.";

    /// <summary>Any answer.</summary>
    public static string Say(string answer) => $"<answer>{answer}</answer>";

    private static string Problem(string question, IReadOnlyList<string> options) =>
        new VqaExample { Id = "lesson", Question = question, Answer = "", Options = options }.Problem;
}
