namespace MedR1.Evaluation;

/// <summary>The baselines that belong beside every score, since none of them sees the right picture.</summary>
public static class BlindBaselines
{
    /// <summary>What takes no model: the option prior and the majority letter, learnt from the training questions.</summary>
    /// <param name="train">The training questions.</param>
    /// <param name="test">The test questions.</param>
    /// <exception cref="ArgumentException">There is no question with options to learn from or to answer.</exception>
    public static IReadOnlyList<EvaluationReport> FromTraining(
        IReadOnlyCollection<VqaExample> train, IReadOnlyCollection<VqaExample> test)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(test);
        return [BlindPrior.Fit(train).Evaluate(test), MajorityLetter.Fit(train).Evaluate(test)];
    }

    /// <summary>What a model scores on views of the test questions that don't show it the right picture.</summary>
    /// <param name="sampler">Asks the model.</param>
    /// <param name="views">The views, such as <see cref="ImageAblations.WithoutImages"/>,
    /// <see cref="ImageAblations.ShuffleImages"/> and blank pictures; each report has its view's name.</param>
    /// <param name="template">Makes the prompts; the same as for the score that the baselines stand beside.</param>
    /// <param name="rule">Scores the answers; the same too.</param>
    /// <param name="options">How to ask; its name is not used.</param>
    /// <param name="progress">Told after every answer, of each view anew.</param>
    /// <param name="cancellationToken">Stops the evaluation.</param>
    public static async Task<IReadOnlyList<EvaluationReport>> OfModelAsync(
        ISampler sampler,
        IReadOnlyList<IVqaDataset> views,
        IPromptTemplate template,
        IScoringRule rule,
        EvaluationOptions? options = null,
        IProgress<EvaluationProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(views);
        List<EvaluationReport> reports = [];
        foreach (IVqaDataset view in views)
        {
            EvaluationOptions named = (options ?? new EvaluationOptions()) with { Name = view.Name };
            reports.Add(await Evaluator.EvaluateAsync(sampler, view, template, rule, named, progress, cancellationToken)
                .ConfigureAwait(false));
        }

        return reports;
    }
}
