namespace MedR1.Evaluation;

/// <summary>The baselines to report next to every score; none of them sees the right image.</summary>
public static class BlindBaselines
{
    /// <summary>The baselines that need no model: the option prior and the majority letter, fitted to the training questions.</summary>
    /// <param name="train">The training questions.</param>
    /// <param name="test">The test questions.</param>
    /// <exception cref="ArgumentException">The training or test questions contain no question with options.</exception>
    public static IReadOnlyList<EvaluationReport> FromTraining(
        IReadOnlyCollection<VqaExample> train, IReadOnlyCollection<VqaExample> test)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(test);
        return [BlindPrior.Fit(train).Evaluate(test), MajorityLetter.Fit(train).Evaluate(test)];
    }

    /// <summary>Evaluates a model on views of the test questions that don't show it the right image.</summary>
    /// <param name="sampler">The model to ask.</param>
    /// <param name="views">
    /// The views, such as those of <c>ImageAblations</c> in MedR1.Datasets: <c>WithoutImages</c>, <c>BlankImages</c> and
    /// <c>ShuffleImages</c>; each report is named after its view.
    /// </param>
    /// <param name="template">Creates the prompts; use the template of the score that the baselines are compared with.</param>
    /// <param name="rule">Scores the answers; use the rule of that score.</param>
    /// <param name="options">The evaluation options; their name is not used.</param>
    /// <param name="progress">Receives progress after every answer, starting from zero for each view.</param>
    /// <param name="cancellationToken">Cancels the evaluation.</param>
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
