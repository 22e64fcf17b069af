namespace MedR1.Evaluation;

/// <summary>Evaluates a model: samples answers to every question of a data set and scores them.</summary>
public static class Evaluator
{
    /// <summary>Evaluates one greedily decoded answer per question.</summary>
    /// <param name="sampler">The model to ask.</param>
    /// <param name="dataset">The questions.</param>
    /// <param name="template">Creates the prompts.</param>
    /// <param name="rule">Scores the answers.</param>
    /// <param name="options">How to ask.</param>
    /// <param name="progress">Receives progress after every answer.</param>
    /// <param name="cancellationToken">Cancels the evaluation.</param>
    /// <exception cref="ArgumentException">The data set is empty.</exception>
    /// <exception cref="SamplingOptionsException">The options of the sampling are invalid; the message lists every mistake.</exception>
    /// <exception cref="InvalidOperationException">
    /// The sampler left out questions, answered other questions, or gave several answers to one.
    /// </exception>
    /// <exception cref="OperationCanceledException">The evaluation was cancelled.</exception>
    public static async Task<EvaluationReport> EvaluateAsync(
        ISampler sampler,
        IVqaDataset dataset,
        IPromptTemplate template,
        IScoringRule rule,
        EvaluationOptions? options = null,
        IProgress<EvaluationProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new EvaluationOptions();
        SamplingOptions sampling = new()
        {
            SamplesPerPrompt = 1,
            Temperature = 0,
            MaxNewTokens = options.MaxNewTokens,
            RepetitionPenalty = options.RepetitionPenalty,
        };
        ThrowIfInvalid(sampler, dataset, template, rule, sampling, options.BatchSize);
        List<EvaluatedAnswer> answers = new(dataset.Count);
        int correct = 0;
        await foreach ((VqaExample example, IReadOnlyList<Completion> completions) in QuestionBatches
            .AskAsync(sampler, dataset, template, sampling, options.BatchSize, cancellationToken).ConfigureAwait(false))
        {
            answers.Add(Score(rule, example, completions[0]));
            correct += answers[^1].Scored.IsCorrect ? 1 : 0;
            progress?.Report(new EvaluationProgress(answers.Count, dataset.Count, correct));
        }

        return EvaluationReport.Create(
            options.Name ?? dataset.Name, rule.Name, answers, Origin(options.Origin, dataset, template) with
            {
                Sampling = SamplingDescription.OfGreedy(sampling),
            });
    }

    /// <summary>Evaluates several sampled answers per question.</summary>
    /// <param name="sampler">The model to ask.</param>
    /// <param name="dataset">The questions.</param>
    /// <param name="template">Creates the prompts.</param>
    /// <param name="rule">Scores the answers.</param>
    /// <param name="options">How to ask.</param>
    /// <param name="progress">Receives progress after every question, which counts as right if its first answer is right.</param>
    /// <param name="cancellationToken">Cancels the evaluation.</param>
    /// <exception cref="ArgumentException">The data set is empty.</exception>
    /// <exception cref="SamplingOptionsException">The options of the sampling are invalid; the message lists every mistake.</exception>
    /// <exception cref="InvalidOperationException">
    /// The sampler left out questions, or did not give the requested number of answers.
    /// </exception>
    /// <exception cref="OperationCanceledException">The evaluation was cancelled.</exception>
    public static async Task<SampledReport> EvaluateSamplesAsync(
        ISampler sampler,
        IVqaDataset dataset,
        IPromptTemplate template,
        IScoringRule rule,
        SampledEvaluationOptions? options = null,
        IProgress<EvaluationProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new SampledEvaluationOptions();
        ThrowIfInvalid(sampler, dataset, template, rule, options.Sampling, options.BatchSize);
        List<SampledAnswers> questions = new(dataset.Count);
        int correct = 0;
        await foreach ((VqaExample example, IReadOnlyList<Completion> completions) in QuestionBatches
            .AskAsync(sampler, dataset, template, options.Sampling, options.BatchSize, cancellationToken)
            .ConfigureAwait(false))
        {
            questions.Add(new SampledAnswers(
                example, [.. completions.Select(completion => Score(rule, example, completion))]));
            correct += questions[^1].Answers[0].Scored.IsCorrect ? 1 : 0;
            progress?.Report(new EvaluationProgress(questions.Count, dataset.Count, correct));
        }

        return SampledReport.Create(
            options.Name ?? dataset.Name, rule.Name, questions, Origin(options.Origin, dataset, template) with
            {
                Seed = options.Sampling.Seed,
                Sampling = SamplingDescription.OfSampled(options.Sampling),
            });
    }

    private static void ThrowIfInvalid(
        ISampler sampler, IVqaDataset dataset, IPromptTemplate template, IScoringRule rule, SamplingOptions sampling, int batchSize)
    {
        ArgumentNullException.ThrowIfNull(sampler);
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1, "options.BatchSize");
        SamplingOptionsValidator.ThrowIfInvalid(sampling);
    }

    private static ReportOrigin Origin(ReportOrigin? given, IVqaDataset dataset, IPromptTemplate template) =>
        (given ?? new ReportOrigin()) with { Dataset = given?.Dataset ?? dataset.Name, Prompt = template.Name };

    private static EvaluatedAnswer Score(IScoringRule rule, VqaExample example, Completion completion) =>
        new(example, completion.Text, rule.Score(example, completion.Text)) { Completion = completion };
}
