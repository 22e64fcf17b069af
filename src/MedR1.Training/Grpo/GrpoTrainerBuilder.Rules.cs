using MedR1.Losses;

namespace MedR1.Training;

/// <content>The mistakes that the builder's inputs may contain, each with its fix.</content>
public sealed partial class GrpoTrainerBuilder
{
    private void RequireFitting(GrpoTrainerOptions options)
    {
        RequireReward(nameof(options.DynamicSampling), options.DynamicSampling?.Reward);
        RequireReward(nameof(options.Replay), options.Replay?.Reward);
        Slots.Require(
            !UsesRecordedRollouts || options.DynamicSampling is null,
            "Recorded rollouts are not sampled again: remove .UseRecordedRollouts, or "
            + ".Configure(options => options.DynamicSampling = null).");
        Slots.Require(
            Reference is null || (_loss ?? DefaultLoss).RequiresReference,
            "The loss needs no reference, so the given one would only take memory: remove .UseReference, or .UseLoss with a "
            + "KL coefficient.");
        Slots.Require(
            options.ReferenceSync is null || Reference is null,
            "ReferenceSync would change the given reference: remove .UseReference, so that the trainer clones "
            + "its own, or .Configure(options => options.ReferenceSync = null).");
        Slots.Require(
            options.ReferenceSync is null || (_loss ?? DefaultLoss).RequiresReference,
            "ReferenceSync has no reference to update, since the loss needs none: .UseLoss with a KL coefficient, or "
            + ".Configure(options => options.ReferenceSync = null).");
        foreach (string mistake in _advantages?.Validate() ?? [])
        {
            Slots.Mistakes.Add($"The advantage options are invalid: {mistake} Change it in .UseAdvantages(options).");
        }
    }

    private static GrpoLoss DefaultLoss => new(GrpoLossOptions.MedR1);

    private void RequireReward(string option, string? name) => Slots.Require(
        name is null || Rewards.Any(reward => reward.Name == name),
        $"{option} uses the reward '{name}', but the rewards are "
        + $"{string.Join(", ", Rewards.Select(reward => $"'{reward.Name}'"))}: .Configure(options => options.{option} "
        + $"= options.{option}! with {{ Reward = … }}).");
}
