using Microsoft.Extensions.Options;

namespace MedR1.Training;

/// <summary>Says everything that is wrong with the options of a GRPO run.</summary>
public sealed class GrpoTrainerOptionsValidator : IValidateOptions<GrpoTrainerOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, GrpoTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        TrainerOptionsRules rules = new();
        rules.RequireCommon(options);
        rules.Require(
            options.GroupSize >= 2, nameof(options.GroupSize), options.GroupSize,
            "a group needs at least 2 completions to compare", "8");
        rules.Require(
            options.PromptsPerStep > 0, nameof(options.PromptsPerStep), options.PromptsPerStep,
            "a step needs at least 1 prompt", "4");
        rules.Require(
            options.PromptsPerMicroStep is null or > 0, nameof(options.PromptsPerMicroStep),
            options.PromptsPerMicroStep, "a pass needs at least 1 prompt", "1");
        rules.Require(
            options.PromptsPerMicroStep is null || options.PromptsPerMicroStep <= options.PromptsPerStep,
            nameof(options.PromptsPerMicroStep), options.PromptsPerMicroStep,
            $"a pass can't take more prompts than a step, {options.PromptsPerStep}", $"{options.PromptsPerStep}");
        rules.Require(
            options.StepsPerGeneration > 0, nameof(options.StepsPerGeneration), options.StepsPerGeneration,
            "it must be at least 1", "1");
        rules.Require(
            options.Iterations > 0, nameof(options.Iterations), options.Iterations, "it must be at least 1", "1");
        rules.Require(
            options.Temperature > 0 && double.IsFinite(options.Temperature), nameof(options.Temperature),
            options.Temperature, "samples of a group must differ, so it must be above 0", "1");
        rules.Require(
            options.MaxNewTokens > 0, nameof(options.MaxNewTokens), options.MaxNewTokens,
            "it must be at least 1", "256");
        rules.Require(
            options.TopK is null or > 0, nameof(options.TopK), options.TopK,
            "it must be at least 1, or null for all", "null");
        rules.Require(
            options.TopP is > 0 and <= 1, nameof(options.TopP), options.TopP, "it must be above 0 and at most 1", "1");
        rules.Require(
            options.MinP is null or (>= 0 and < 1), nameof(options.MinP), options.MinP,
            "it must be below 1 and not negative, or null", "null");
        rules.Require(
            options.MaxPromptTokens is null or > 0, nameof(options.MaxPromptTokens), options.MaxPromptTokens,
            "it must be at least 1, or null for no limit", "1024");
        rules.Require(
            options.DynamicSampling is null or { MaxRounds: > 0 },
            nameof(options.DynamicSampling), options.DynamicSampling,
            "it needs at least 1 round", "new DynamicSamplingOptions { MaxRounds = 10 }");
        rules.Require(
            options.Replay is null or { Capacity: > 0, MaxAge: > 0 }, nameof(options.Replay), options.Replay,
            "it needs room for at least 1 group of at least 1 sampling ago",
            "new ReplayOptions { Capacity = 64, MaxAge = 8 }");
        rules.Require(
            options.ReferenceSync is null or { Interval: > 0, Mixup: > 0 and <= 1 }, nameof(options.ReferenceSync),
            options.ReferenceSync, "it needs an interval of at least 1 step and a share above 0 and at most 1",
            "new ReferenceSyncOptions { Interval = 512, Mixup = 0.6 }");
        foreach (string mistake in options.AdaptiveEntropy?.Validate() ?? [])
        {
            rules.Mistakes.Add(
                $"{mistake} .Configure(options => options.AdaptiveEntropy = new AdaptiveEntropyOptions()).");
        }

        rules.Require(
            Enum.IsDefined(options.TokenDivisor), nameof(options.TokenDivisor), options.TokenDivisor,
            "it must be a known one", "TokenDivisor.StepTokens");
        rules.Require(
            options.RewardTimeout > TimeSpan.Zero && options.RewardTimeout < TimeSpan.FromDays(20),
            nameof(options.RewardTimeout), options.RewardTimeout,
            "it must be above 0 and below 20 days", "TimeSpan.FromSeconds(60)");
        rules.Require(
            options.MaxParallelRewards > 0, nameof(options.MaxParallelRewards), options.MaxParallelRewards,
            "it must be at least 1", "32");
        return rules.Mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(rules.Mistakes);
    }
}
