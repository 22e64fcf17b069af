using MedR1.Evaluation;

namespace MedR1.Samples.QuickStart;

/// <summary>Writes the model's answers to some test questions before and after training.</summary>
internal static class CompletionPage
{
    private const int Rows = 24;

    public static void Write(string path, EvaluationReport before, EvaluationReport after)
    {
        List<IReadOnlyList<string>> rows = [["question", "right", "before", "after"]];
        int stride = Math.Max(1, before.Answers.Count / Rows);
        for (int i = 0; i < before.Answers.Count; i += stride)
        {
            VqaExample example = before.Answers[i].Example;
            rows.Add([example.Problem, example.AnswerLetter ?? "", Marked(before.Answers[i]), Marked(after.Answers[i])]);
        }

        File.WriteAllText(path, "# Test questions, before and after\n\n" + MarkdownTable.Write(rows));
    }

    private static string Marked(EvaluatedAnswer answer) => $"{answer.Text} {(answer.Scored.IsCorrect ? "✓" : "✗")}";
}
