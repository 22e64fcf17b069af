using Microsoft.Extensions.Options;

namespace MedR1.Training;

/// <summary>Reports every mistake in the options of a supervised run.</summary>
public sealed class SftTrainerOptionsValidator : IValidateOptions<SftTrainerOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, SftTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        TrainerOptionsRules rules = new();
        rules.RequireCommon(options, learningRate: "1e-5");
        rules.Require(
            options.ExamplesPerStep > 0, nameof(options.ExamplesPerStep), options.ExamplesPerStep,
            "a step needs at least 1 example", "128");
        rules.Require(
            options.ExamplesPerMicroBatch > 0, nameof(options.ExamplesPerMicroBatch), options.ExamplesPerMicroBatch,
            "a pass needs at least 1 example", "4");
        return rules.Mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(rules.Mistakes);
    }
}
