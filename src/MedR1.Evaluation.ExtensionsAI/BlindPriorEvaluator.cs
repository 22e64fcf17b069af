using System.Globalization;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.AI.Evaluation;

namespace MedR1.Evaluation.ExtensionsAI;

/// <summary>
/// Reports for each question whether the blind option prior answers it correctly, for comparison with a model's scores: if the
/// option texts alone give the answer away, a right response proves nothing. The response is not read.
/// </summary>
/// <remarks>Stateless; safe to use from several threads at once.</remarks>
public sealed class BlindPriorEvaluator : IEvaluator
{
    private readonly BlindPrior _prior;

    /// <summary>Creates an evaluator from a prior.</summary>
    /// <param name="prior">The prior, fitted to training questions.</param>
    public BlindPriorEvaluator(BlindPrior prior)
    {
        ArgumentNullException.ThrowIfNull(prior);
        _prior = prior;
    }

    /// <summary>The name of the metric that says whether the prior is right.</summary>
    public static string CorrectMetricName => $"Correct ({BlindPrior.RuleName})";

    /// <inheritdoc/>
    public IReadOnlyCollection<string> EvaluationMetricNames => [CorrectMetricName];

    /// <inheritdoc/>
    /// <remarks>
    /// Without a <see cref="VqaExampleContext"/>, or for a question without options, the metric has no value and a diagnostic states the
    /// reason.
    /// </remarks>
    public ValueTask<EvaluationResult> EvaluateAsync(
        IEnumerable<Microsoft.Extensions.AI.ChatMessage> messages,
        ChatResponse modelResponse,
        ChatConfiguration? chatConfiguration = null,
        IEnumerable<EvaluationContext>? additionalContext = null,
        CancellationToken cancellationToken = default)
    {
        BooleanMetric correct = new(CorrectMetricName);
        EvaluationResult result = new(correct);
        if (additionalContext?.OfType<VqaExampleContext>().FirstOrDefault() is not VqaExampleContext context)
        {
            correct.AddDiagnostics(EvaluationDiagnostic.Error(
                $"There is no question to answer. Give a {nameof(VqaExampleContext)} among the additional contexts."));
        }
        else if (context.Example.AnswerIndex is not int right || context.Example.Options.Count == 0)
        {
            correct.AddDiagnostics(EvaluationDiagnostic.Informational("The question has no options; the prior chooses options."));
        }
        else
        {
            int chosen = _prior.Choose(context.Example.Options);
            correct.Value = chosen == right;
            correct.Reason = string.Create(
                CultureInfo.InvariantCulture,
                $"Over {_prior.TrainCount} training questions, option {OptionLetters.Of(chosen)} is the most likely; the right answer "
                + $"is {OptionLetters.Of(right)}.");
            correct.AddOrUpdateContext(context);
        }

        return ValueTask.FromResult(result);
    }
}
