using MedR1.Datasets;

namespace MedR1.Samples.PretrainBase;

/// <summary>The wording of questions and answers, the same in every example and in the quick start.</summary>
internal static class Wording
{
    /// <summary>A question with options, answered by the text of one, as in the quick start.</summary>
    public static string Ask(string question, IReadOnlyList<string> options) =>
        $"{Problem(question, options)} {QuickStartPrompt.Instruction}";

    /// <summary>A question that gives a letter and asks for its option.</summary>
    public static string AskOption(string question, IReadOnlyList<string> options, int index) =>
        $"{Problem(question, options)} What is {OptionLetters.Of(index)}?";

    /// <summary>An open question.</summary>
    public static string AskOpen(string question) => $"{question} Answer in words.";

    /// <summary>The form of every answer.</summary>
    public static string Say(string answer) => $"<answer>{answer}</answer>";

    private static string Problem(string question, IReadOnlyList<string> options) =>
        new VqaExample { Id = "example", Question = question, Answer = "", Options = options }.Problem;
}
