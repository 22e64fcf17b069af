using MedR1.Losses;

namespace MedR1.Training;

/// <content>What can be wrong with what a builder was given, each with its fix.</content>
public sealed partial class GrpoTrainerBuilder
{
    private void RequireData()
    {
        if (_prompts is not null)
        {
            _slots.Require(_prompts.Count > 0, "The list of prompts is empty: .UsePrompts(prompts) with at least one.");
            _slots.Require(
                _dataset is null && _template is null,
                "There are prompts and a data set or template too: keep .UsePrompts, or .UseDataset with .UsePrompt.");
            return;
        }

        _slots.Require(_dataset is not null, "There is no data: .UseDataset(dataset), or .UsePrompts(prompts).");
        _slots.Require(
            _dataset is not { Count: 0 },
            $"The data set '{_dataset?.Name}' is empty: .UseDataset(dataset) with at least one example.");
        _slots.Require(
            _template is not null,
            "Nothing says how an example becomes a prompt: .UsePrompt(PromptTemplates.ThinkThenAnswer).");
    }

    private void RequireRewards()
    {
        _slots.Require(
            _rewards.Count > 0,
            "There is no reward, so nothing could be learnt: .AddReward(new ChoiceAccuracyReward()).");
        foreach (IGrouping<string, WeightedReward> same in _rewards.GroupBy(reward => reward.Name)
            .Where(same => same.Count() > 1))
        {
            _slots.Mistakes.Add(
                $"{same.Count()} rewards are named '{same.Key}', metrics would mix them: "
                + ".AddReward(\"another name\", …).");
        }
    }

    private void RequireFitting(GrpoTrainerOptions options)
    {
        _slots.RequireEvaluations(options, _evaluations.Count);
        RequireReward(nameof(options.DynamicSampling), options.DynamicSampling?.Reward);
        RequireReward(nameof(options.Replay), options.Replay?.Reward);
        _slots.Require(
            _recorded is null || Directory.Exists(_recorded),
            $"There is no folder '{_recorded}' of recorded rollouts: .UseRecordedRollouts(folder) with that of a "
            + "RolloutRecorder.");
        _slots.Require(
            _recorded is null || (_sampler is null && options.DynamicSampling is null),
            "Recorded rollouts are not sampled: remove .UseRecordedRollouts, or .UseSampler and DynamicSampling.");
        _slots.Require(
            options.ReferenceSync is null || _reference is null,
            "ReferenceSync would change the reference that you gave: remove .UseReference, so that the trainer clones "
            + "one of its own, or .Configure(options => options.ReferenceSync = null).");
        _slots.Require(
            options.ReferenceSync is null || (_loss ?? DefaultLoss).RequiresReference,
            "ReferenceSync has no reference to move, since the loss needs none: .UseLoss with a KL coefficient, or "
            + ".Configure(options => options.ReferenceSync = null).");
        _slots.Require(
            options.MaxPromptTokens is null || options.MaxPromptTokens < _policy.ContextLength,
            $"MaxPromptTokens is {options.MaxPromptTokens}, but the model takes {_policy.ContextLength} tokens with "
            + $"the answer: .Configure(options => options.MaxPromptTokens = {_policy.ContextLength / 2}).");
        _slots.Require(
            _policy.Parameters.Any(pair => pair.Value.requires_grad && options.IsFrozen?.Invoke(pair.Key) != true),
            "Every parameter is frozen, so nothing can be learnt: .Configure(options => options.IsFrozen = null).");
        _slots.Require(
            options.MaxNewTokens < _policy.ContextLength,
            $"MaxNewTokens is {options.MaxNewTokens}, but the model takes {_policy.ContextLength} tokens with the "
            + "prompt: .Configure(options => options.MaxNewTokens = 256).");
        _slots.Require(
            !ReferenceEquals(_reference, _policy),
            "The reference is the policy itself, so its weights would move too: remove .UseReference, or give it a "
            + "frozen copy.");
        foreach (string mistake in _advantages?.Validate() ?? [])
        {
            _slots.Mistakes.Add($"The advantages can't work: {mistake} Change it in .UseAdvantages(options).");
        }
    }

    private static GrpoLoss DefaultLoss => new(GrpoLossOptions.MedR1);

    private void RequireReward(string option, string? name) => _slots.Require(
        name is null || _rewards.Any(reward => reward.Name == name),
        $"{option} looks at the reward '{name}', but the rewards are "
        + $"{string.Join(", ", _rewards.Select(reward => $"'{reward.Name}'"))}: .Configure(options => options.{option} "
        + $"= options.{option}! with {{ Reward = … }}).");
}
