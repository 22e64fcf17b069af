namespace MedR1.Evaluation;

/// <summary>
/// Evaluates a model by the probability that it assigns to each option instead of by a generated answer. No rule has to parse
/// anything, and <see cref="CalibrationReport"/> can use the probabilities.
/// </summary>
public static class OptionEvaluator
{
    /// <summary>
    /// Scores the options of every question; questions without options are left out: open ones, and those whose options are only in the
    /// question's text.
    /// </summary>
    /// <param name="scorer">Computes the log-probabilities.</param>
    /// <param name="dataset">The questions.</param>
    /// <param name="scoring">How options are prompted and compared.</param>
    /// <param name="options">The report's name and origin; its sampling settings have no effect here.</param>
    /// <param name="progress">Receives progress after every question.</param>
    /// <param name="cancellationToken">Cancels the evaluation.</param>
    /// <exception cref="ArgumentException">There is no question with options, or a log-probability is invalid.</exception>
    /// <exception cref="InvalidOperationException">The scorer's number of scores differs from the number of options.</exception>
    public static async Task<EvaluationReport> EvaluateAsync(
        IContinuationScorer scorer,
        IVqaDataset dataset,
        OptionScoring scoring,
        EvaluationOptions? options = null,
        IProgress<EvaluationProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(scoring);
        List<EvaluatedAnswer> answers = [];
        int seen = 0;
        int correct = 0;
        foreach (VqaExample example in dataset)
        {
            cancellationToken.ThrowIfCancellationRequested();
            seen++;
            if (example.AnswerIndex is null || example.Options.Count == 0)
            {
                continue;
            }

            answers.Add(await AnswerAsync(scorer, example, scoring, cancellationToken).ConfigureAwait(false));
            correct += answers[^1].Scored.IsCorrect ? 1 : 0;
            progress?.Report(new EvaluationProgress(seen, dataset.Count, correct));
        }

        return EvaluationReport.Create(
            options?.Name ?? dataset.Name, scoring.Name, answers, (options?.Origin ?? new ReportOrigin()) with
            {
                Dataset = options?.Origin?.Dataset ?? dataset.Name,
                Prompt = scoring.Template.Name,
                Sampling = "options scored by their log-probabilities",
            });
    }

    private static async ValueTask<EvaluatedAnswer> AnswerAsync(
        IContinuationScorer scorer, VqaExample example, OptionScoring scoring, CancellationToken cancellationToken)
    {
        string[] texts = [.. example.Options.Select((_, index) => scoring.Continuation(example, index))];
        IReadOnlyList<IReadOnlyList<float>> scores = await scorer
            .ScoreAsync(scoring.Template.Format(example), texts, cancellationToken).ConfigureAwait(false);
        if (scores.Count != texts.Length)
        {
            throw new InvalidOperationException(
                $"The scorer returned {scores.Count} scores for the {texts.Length} options of '{example.Id}'.");
        }

        IReadOnlyList<double> probabilities = scoring.Probabilities(scores);
        int chosen = Enumerable.Range(0, texts.Length).MaxBy(index => probabilities[index]);
        string chosenText = example.Options[chosen];

        // Options are compared by text, as in OmniMedVQA: if two options have the right text, both are right.
        return new EvaluatedAnswer(
            example, chosenText, new ScoredAnswer(chosenText, chosenText == example.Options[example.AnswerIndex!.Value]))
        {
            OptionProbabilities = probabilities,
        };
    }
}
