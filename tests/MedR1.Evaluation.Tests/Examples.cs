namespace MedR1.Evaluation.Tests;

internal static class Examples
{
    public static VqaExample Choice(int answer, params IReadOnlyList<string> options) => new()
    {
        Id = $"{answer} of {string.Join("/", options)}",
        Question = "Which?",
        Options = options,
        Answer = options[answer],
        AnswerIndex = answer,
    };

    /// <summary>A question whose options are only in its text.</summary>
    public static VqaExample OptionsInText { get; } =
        new() { Id = "in text", Question = "Which? A)CT, B)MRI", Answer = "MRI", AnswerIndex = 1 };

    public static ReportOrigin Origin { get; } =
        new() { Model = "tiny", Dataset = "list", DataHash = "0123456789abcdef", Seed = 7 };

    public static EvaluatedAnswer Answered(bool isCorrect, VqaExample? example = null) =>
        new(example ?? Choice(0, "a", "b"), "A", new ScoredAnswer("A", isCorrect));

    public static EvaluationReport Report(string name, int correct, int count, string rule = "med-r1") =>
        EvaluationReport.Create(name, rule, Enumerable.Range(0, count).Select(i => Answered(i < correct)), Origin);
}
