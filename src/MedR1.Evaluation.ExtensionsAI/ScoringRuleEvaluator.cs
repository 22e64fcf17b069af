using System.Globalization;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.AI.Evaluation;

namespace MedR1.Evaluation.ExtensionsAI;

/// <summary>
/// A scoring rule as an evaluator: reports whether the response is right, which answer the rule found in it, and, for comparison,
/// the expected accuracy of guessing. No model is called. The question is passed as a <see cref="VqaExampleContext"/>.
/// </summary>
/// <remarks>Stateless; safe to use from several threads at once.</remarks>
public sealed class ScoringRuleEvaluator : IEvaluator
{
    private readonly IScoringRule _rule;

    /// <summary>Creates an evaluator from a rule.</summary>
    /// <param name="rule">The rule; its name is part of the metrics' names.</param>
    public ScoringRuleEvaluator(IScoringRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        _rule = rule;
        CorrectMetricName = $"Correct ({rule.Name})";
        AnswerMetricName = $"Answer ({rule.Name})";
    }

    /// <summary>The name of the metric for the expected accuracy of guessing among the options, a number from 0 to 1.</summary>
    public static string ChanceMetricName => "Chance";

    /// <summary>The name of the metric that says whether the response is right.</summary>
    public string CorrectMetricName { get; }

    /// <summary>
    /// The name of the metric for the answer that the rule found in the response; the metric has no value if the rule found none.
    /// </summary>
    public string AnswerMetricName { get; }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> EvaluationMetricNames => [CorrectMetricName, AnswerMetricName, ChanceMetricName];

    /// <inheritdoc/>
    /// <remarks>
    /// Without a <see cref="VqaExampleContext"/>, the metrics have no value and carry an error diagnostic, as with the built-in
    /// evaluators.
    /// </remarks>
    public ValueTask<EvaluationResult> EvaluateAsync(
        IEnumerable<Microsoft.Extensions.AI.ChatMessage> messages,
        ChatResponse modelResponse,
        ChatConfiguration? chatConfiguration = null,
        IEnumerable<EvaluationContext>? additionalContext = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(modelResponse);
        BooleanMetric correct = new(CorrectMetricName);
        StringMetric answer = new(AnswerMetricName);
        NumericMetric chance = new(ChanceMetricName);
        EvaluationResult result = new(correct, answer, chance);
        if (additionalContext?.OfType<VqaExampleContext>().FirstOrDefault() is not VqaExampleContext context)
        {
            result.AddDiagnosticsToAllMetrics(EvaluationDiagnostic.Error(
                $"There is no question to compare with. Give a {nameof(VqaExampleContext)} among the additional contexts."));
            return ValueTask.FromResult(result);
        }

        ScoredAnswer scored = _rule.Score(context.Example, modelResponse.Text);
        correct.Value = scored.IsCorrect;
        correct.Interpretation = new EvaluationMetricInterpretation(
            scored.IsCorrect ? EvaluationRating.Good : EvaluationRating.Unacceptable, failed: !scored.IsCorrect);
        correct.Reason = scored.Answer is null
            ? $"The rule {_rule.Name} found no answer in the response."
            : $"The rule {_rule.Name} read '{scored.Answer}'; the right answer is "
                + $"'{context.Example.AnswerLetter ?? context.Example.Answer}'.";
        answer.Value = scored.Answer;
        int options = context.Example.Options.Count;
        chance.Value = options == 0 ? 0 : 1.0 / options;
        chance.Reason = options == 0
            ? "The question is open: guessing is never right."
            : string.Create(CultureInfo.InvariantCulture, $"One of {options} options is right.");
        foreach (EvaluationMetric metric in result.Metrics.Values)
        {
            metric.AddOrUpdateContext(context);
        }

        return ValueTask.FromResult(result);
    }
}
