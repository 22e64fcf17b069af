using System.Text;
using MedR1.Evaluation;

namespace MedR1.Samples.QuickStart;

/// <summary>Writes what the model said to some test questions before and after the training.</summary>
internal static class CompletionPage
{
    private const int Rows = 24;

    public static void Write(string path, EvaluationReport before, EvaluationReport after)
    {
        StringBuilder page = new("# Test questions, before and after\n\n| question | right | before | after |\n| --- | --- | --- | --- |\n");
        int stride = Math.Max(1, before.Answers.Count / Rows);
        for (int i = 0; i < before.Answers.Count; i += stride)
        {
            EvaluatedAnswer first = before.Answers[i];
            EvaluatedAnswer second = after.Answers[i];
            page.AppendLine(
                $"| {Cell(first.Example.Problem)} | {first.Example.AnswerLetter} | {Cell(first.Text)} {Mark(first)} | {Cell(second.Text)} {Mark(second)} |");
        }

        File.WriteAllText(path, page.ToString());
    }

    private static string Mark(EvaluatedAnswer answer) => answer.Scored.IsCorrect ? "✓" : "✗";

    // Text of a model must not end a cell or start a tag of the page.
    private static string Cell(string text) =>
        text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
