namespace MedR1.Training;

/// <content>The mistakes that the builder's inputs may contain, each with its fix.</content>
public abstract partial class RolloutTrainerBuilder<TBuilder, TOptions>
{
    /// <summary>Checks what every sampling trainer needs: data, rewards, and options that fit them and the policy.</summary>
    private protected void RequireRollouts(TOptions options)
    {
        RequireData();
        RequireRewards();
        RequireBestReward(options.BestMetric);
        Slots.RequireEvaluations(options, Evaluations);
        Slots.Require(
            _recorded is null || Directory.Exists(_recorded),
            $"There is no folder '{_recorded}' of recorded rollouts: .UseRecordedRollouts(folder) with the folder of a "
            + "RolloutRecorder.");
        Slots.Require(
            _recorded is null || _sampler is null,
            "Recorded rollouts are not sampled: remove .UseRecordedRollouts, or .UseSampler.");
        Slots.Require(
            options.MaxPromptTokens is null || options.MaxPromptTokens < Policy.ContextLength,
            $"MaxPromptTokens is {options.MaxPromptTokens}, but the model's context length is {Policy.ContextLength}, "
            + $"answer included: .Configure(options => options.MaxPromptTokens = {Policy.ContextLength / 2}).");
        Slots.RequireTrainable(Policy, options);
        Slots.Require(
            options.MaxNewTokens < Policy.ContextLength,
            $"MaxNewTokens is {options.MaxNewTokens}, but the model's context length is {Policy.ContextLength}, prompt "
            + $"included: .Configure(options => options.MaxNewTokens = {Policy.ContextLength / 2}).");
        RequireSampling(nameof(options.StopStrings), new() { StopStrings = options.StopStrings });
        RequireSampling(nameof(options.SuppressedTokenIds), new() { SuppressedTokenIds = options.SuppressedTokenIds });
        Slots.Require(
            !ReferenceEquals(_reference, Policy),
            "The reference is the policy itself, so its weights would change too: remove .UseReference, or give it a "
            + "frozen copy.");
    }

    // The sampler would refuse them too, but only once the run has begun; and recorded rollouts have none.
    private void RequireSampling(string option, SamplingOptions sampling) => Slots.Mistakes.AddRange(
        SamplingOptionsValidator.FindErrors(sampling, Policy.VocabularySize)
            .Select(error => $"{error} .Configure(options => options.{option} = [])."));

    private void RequireData()
    {
        if (_prompts is not null)
        {
            Slots.Require(_prompts.Count > 0, "The list of prompts is empty: .UsePrompts(prompts) with at least one.");
            Slots.Require(
                _dataset is null && _template is null,
                "There are both prompts and a data set or template: keep .UsePrompts, or .UseDataset with .UsePrompt.");
            return;
        }

        Slots.Require(_dataset is not null, "There is no data: .UseDataset(dataset), or .UsePrompts(prompts).");
        Slots.Require(
            _dataset is not { Count: 0 },
            $"The data set '{_dataset?.Name}' is empty: .UseDataset(dataset) with at least one example.");
        Slots.Require(
            _template is not null,
            "There is no prompt template for the examples: .UsePrompt(PromptTemplates.ThinkThenAnswer).");
    }

    // A step may lack the metrics of a reward, so a wrong name would not be noticed there.
    private void RequireBestReward(string? best)
    {
        string[] measured = [.. _rewards.SelectMany(reward => new[]
        {
            TrainingMetricNames.RewardMeanOf(reward.Name), TrainingMetricNames.RewardStandardDeviationOf(reward.Name),
            TrainingMetricNames.RewardFailures(reward.Name),
        })];
        Slots.Require(
            best is null || !TrainingMetricNames.IsOfReward(best) || measured.Contains(best),
            $"BestMetric is '{best}', but the measured reward metrics are {string.Join(", ", measured)}: "
            + ".Configure(options => options.BestMetric = …).");
    }

    private void RequireRewards()
    {
        Slots.Require(
            _rewards.Count > 0,
            "There is no reward, so nothing can be learnt: .AddReward(new ChoiceAccuracyReward()).");
        foreach (IGrouping<string, WeightedReward> same in _rewards.GroupBy(reward => reward.Name)
            .Where(same => same.Count() > 1))
        {
            Slots.Mistakes.Add(
                $"{same.Count()} rewards are named '{same.Key}', so metrics would mix them: "
                + ".AddReward(\"another name\", …).");
        }
    }
}
