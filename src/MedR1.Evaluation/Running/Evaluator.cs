namespace MedR1.Evaluation;

/// <summary>
/// Asks a model every question of a data set, each once and greedily (the likeliest token each time), and scores it.
/// </summary>
public static class Evaluator
{
    /// <summary>Runs an evaluation.</summary>
    /// <param name="sampler">Asks the model.</param>
    /// <param name="dataset">The questions.</param>
    /// <param name="template">Makes the prompts.</param>
    /// <param name="rule">Scores the answers.</param>
    /// <param name="options">How to ask.</param>
    /// <param name="progress">Told after every answer.</param>
    /// <param name="cancellationToken">Stops the evaluation.</param>
    /// <exception cref="ArgumentException">The data set is empty.</exception>
    /// <exception cref="InvalidOperationException">The sampler left out questions, gave answers to others or gave
    /// several to one.</exception>
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
        ArgumentNullException.ThrowIfNull(sampler);
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(rule);
        options ??= new EvaluationOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchSize, 1, nameof(options));
        SamplingOptions sampling = new() { SamplesPerPrompt = 1, Temperature = 0, MaxNewTokens = options.MaxNewTokens };
        List<EvaluatedAnswer> answers = new(dataset.Count);
        int correct = 0;
        foreach (VqaExample[] batch in dataset.Chunk(options.BatchSize))
        {
            VqaPrompt[] prompts = [.. batch.Select(template.Format)];
            int position = 0;
            IAsyncEnumerable<CompletionGroup> groups = sampler.SampleAsync(prompts, sampling, cancellationToken);
            await foreach (CompletionGroup group in groups.ConfigureAwait(false))
            {
                Completion completion = OnlyCompletionOf(group, prompts, position);
                if (completion.StopReason == StopReason.Cancelled)
                {
                    break;
                }

                ScoredAnswer scored = rule.Score(batch[position], completion.Text);
                answers.Add(new EvaluatedAnswer(batch[position], completion.Text, scored) { Completion = completion });
                position++;
                correct += scored.IsCorrect ? 1 : 0;
                progress?.Report(new EvaluationProgress(answers.Count, dataset.Count, correct));
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (position != batch.Length)
            {
                throw new InvalidOperationException($"The sampler answered {position} of {batch.Length} questions.");
            }
        }

        return EvaluationReport.Create(options.Name ?? dataset.Name, rule.Name, answers);
    }

    private static Completion OnlyCompletionOf(CompletionGroup group, VqaPrompt[] prompts, int position)
    {
        if (position >= prompts.Length || !ReferenceEquals(group.Prompt.Example, prompts[position].Example)
            || group.Completions.Count != 1)
        {
            throw new InvalidOperationException(
                $"The sampler's group {position} has {group.Completions.Count} completions for prompt "
                + $"{group.PromptIndex}; one completion for prompt {position} of {prompts.Length} was expected.");
        }

        return group.Completions[0];
    }
}
