using Microsoft.Extensions.Options;

namespace MedR1.Training;

/// <summary>Reports every mistake in the options of a GRPO run.</summary>
public sealed class GrpoTrainerOptionsValidator : IValidateOptions<GrpoTrainerOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, GrpoTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        TrainerOptionsRules rules = new();
        rules.RequireRollouts(options, (2, "a group needs at least 2 completions to compare"));
        rules.Require(
            options.DynamicSampling is null or { MaxRounds: > 0 },
            nameof(options.DynamicSampling), options.DynamicSampling,
            "it needs at least 1 round", "new DynamicSamplingOptions { MaxRounds = 10 }");
        rules.Require(
            options.Replay is null or { Capacity: > 0, MaxAge: > 0 }, nameof(options.Replay), options.Replay,
            "it needs room for at least 1 group of at least 1 rollout ago",
            "new ReplayOptions { Capacity = 64, MaxAge = 8 }");
        rules.Require(
            options.ReferenceSync is null or { Interval: > 0, Mixup: > 0 and <= 1 }, nameof(options.ReferenceSync),
            options.ReferenceSync, "it needs an interval of at least 1 step and a mixup above 0 and at most 1",
            "new ReferenceSyncOptions { Interval = 512, Mixup = 0.6 }");
        return rules.Mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(rules.Mistakes);
    }
}
