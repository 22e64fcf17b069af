using Microsoft.Extensions.AI;
using Microsoft.Extensions.AI.Evaluation;

namespace MedR1.Evaluation.ExtensionsAI.Tests;

public sealed class EvaluatorTests
{
    private static readonly VqaExample s_example = new()
    {
        Id = "q1", Question = "How was it made?", Options = ["CT", "MRI", "PET", "X-ray"], Answer = "MRI", AnswerIndex = 1,
    };

    private static readonly BlindPrior s_prior = BlindPrior.Fit([s_example, s_example with { AnswerIndex = 1 }]);

    private static readonly Microsoft.Extensions.AI.ChatMessage s_question =
        new(Microsoft.Extensions.AI.ChatRole.User, s_example.Problem);

    [Theory]
    [InlineData("<think>x</think><answer> B </answer>", true, "B", "read 'B'; the right answer is 'B'")]
    [InlineData("<answer>C</answer>", false, "C", "read 'C'; the right answer is 'B'")]
    [InlineData("B", false, null, "found no answer")]
    public async Task A_rule_scores_a_response(string text, bool isCorrect, string? read, string reason)
    {
        ScoringRuleEvaluator evaluator = new(ScoringRules.MedR1);
        EvaluationResult result = await Evaluate(evaluator, text, new VqaExampleContext(s_example));
        Assert.Equal(evaluator.EvaluationMetricNames.Order(), result.Metrics.Keys.Order());
        BooleanMetric correct = result.Get<BooleanMetric>("Correct (med-r1)");
        Assert.Equal(isCorrect, correct.Value);
        Assert.Equal(!isCorrect, correct.Interpretation!.Failed);
        Assert.Contains(reason, correct.Reason);
        Assert.Equal(read, result.Get<StringMetric>("Answer (med-r1)").Value);
        Assert.Equal(0.25, result.Get<NumericMetric>("Chance").Value);
        Assert.False(result.ContainsDiagnostics());
    }

    [Fact]
    public async Task They_can_be_combined_in_a_composite()
    {
        CompositeEvaluator evaluator = new(
            new ScoringRuleEvaluator(ScoringRules.MedR1), new BlindPriorEvaluator(s_prior));
        EvaluationResult result = await Evaluate(evaluator, "<answer>A</answer>", new VqaExampleContext(s_example));
        Assert.False(result.Get<BooleanMetric>("Correct (med-r1)").Value);
        BooleanMetric blind = result.Get<BooleanMetric>(BlindPriorEvaluator.CorrectMetricName);
        Assert.True(blind.Value);
        Assert.Equal("Over 2 training questions, option B is the most likely; the right answer is B.", blind.Reason);
        Assert.Contains("q1: How was it made? A)CT", ((TextContent)blind.Context!["Question"].Contents[0]).Text);
    }

    [Fact]
    public async Task Without_a_question_there_is_an_error_and_no_value()
    {
        foreach (IEvaluator evaluator in (IEvaluator[])[new ScoringRuleEvaluator(ScoringRules.Lenient), new BlindPriorEvaluator(s_prior)])
        {
            EvaluationResult result = await Evaluate(evaluator, "B");
            Assert.True(result.ContainsDiagnostics(one => one.Severity == EvaluationDiagnosticSeverity.Error));
            Assert.All(result.Metrics.Values.OfType<BooleanMetric>(), metric => Assert.Null(metric.Value));
        }
    }

    [Fact]
    public async Task An_open_question_has_no_chance_and_no_prior()
    {
        VqaExampleContext open = new(new VqaExample { Id = "o", Question = "?", Answer = "Edema" });
        EvaluationResult scored = await Evaluate(new ScoringRuleEvaluator(ScoringRules.Lenient), "edema.", open);
        Assert.True(scored.Get<BooleanMetric>("Correct (lenient)").Value);
        Assert.Equal(0, scored.Get<NumericMetric>("Chance").Value);

        // The prior has no options to choose from either if they are only in the text of the question.
        VqaExampleContext inText = new(new VqaExample { Id = "t", Question = "Which? A)CT, B)MRI", Answer = "MRI", AnswerIndex = 1 });
        foreach (VqaExampleContext context in (VqaExampleContext[])[open, inText])
        {
            EvaluationResult blind = await Evaluate(new BlindPriorEvaluator(s_prior), "edema.", context);
            Assert.Null(blind.Get<BooleanMetric>(BlindPriorEvaluator.CorrectMetricName).Value);
            Assert.True(blind.ContainsDiagnostics(one => one.Severity == EvaluationDiagnosticSeverity.Informational));
        }
    }

    private static ValueTask<EvaluationResult> Evaluate(IEvaluator evaluator, string text, params EvaluationContext[] contexts) =>
        evaluator.EvaluateAsync(
            [s_question], new ChatResponse(new Microsoft.Extensions.AI.ChatMessage(Microsoft.Extensions.AI.ChatRole.Assistant, text)),
            additionalContext: contexts);
}
