using Microsoft.Extensions.Options;

namespace MedR1.Training;

/// <summary>Reports every mistake in the options of a PPO run.</summary>
public sealed class PpoTrainerOptionsValidator : IValidateOptions<PpoTrainerOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, PpoTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        TrainerOptionsRules rules = new();
        rules.RequireRollouts(options, (1, "a prompt needs at least 1 completion"));
        rules.RequireRate(nameof(options.CriticLearningRate), options.CriticLearningRate, "1e-5");
        rules.Require(
            options.TruncationPenalty >= 0 && double.IsFinite(options.TruncationPenalty),
            nameof(options.TruncationPenalty), options.TruncationPenalty, "it can't be negative (0 means none)", "0");
        return rules.Mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(rules.Mistakes);
    }
}
