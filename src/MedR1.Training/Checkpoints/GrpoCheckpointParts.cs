using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Training;

/// <summary>
/// What a GRPO run keeps beside its weights: the sampling that is in use, with its scores, advantages and old
/// log-probabilities, so that a checkpoint may stand at any step; a reference that follows the policy; groups to
/// replay.
/// </summary>
internal sealed class GrpoCheckpointParts(
    GrpoTrainerParts parts, PromptTaker taker, ReferenceMixer? mixer, ReplayBuffer? replay) : ICheckpointParts
{
    private const string RolloutName = "rollout.json";
    private const string ReplayName = "replay.json";
    private const string ReferenceName = "reference.safetensors";

    /// <summary>The sampling that is in use; null where the next step samples.</summary>
    public Rollout? Rollout { get; set; }

    public void Write(string folder, CancellationToken cancellationToken)
    {
        if (Rollout is not null)
        {
            WholeFile.WriteThrough(Path.Combine(folder, RolloutName), RolloutFile.Write(Rollout));
        }

        if (replay is not null)
        {
            WholeFile.WriteThrough(Path.Combine(folder, ReplayName), RolloutFile.Write(replay));
        }

        if (mixer is not null)
        {
            using DisposeScope scope = NewDisposeScope();
            SafetensorsWriter.Write(
                Path.Combine(folder, ReferenceName),
                [.. mixer.Weights.Select(pair => SafetensorsItem.Of(pair.Key, pair.Value))],
                cancellationToken: cancellationToken);
        }
    }

    public void Read(string folder, RunState state)
    {
        if (state.StepInRollout > 0)
        {
            Rollout = RolloutFile.Restore(
                RolloutFile.Read(Path.Combine(folder, RolloutName), parts.RewardNames), taker, new RolloutMaker(parts),
                keepsAdvantages: true, CancellationToken.None);
        }

        foreach (RolloutGroup group in replay is null
            ? [] : RolloutFile.ReadReplay(Path.Combine(folder, ReplayName), taker, CancellationToken.None))
        {
            replay!.Add(group);
        }

        if (mixer is not null)
        {
            using DisposeScope scope = NewDisposeScope();
            mixer.Load(SafetensorsFile.Load(Path.Combine(folder, ReferenceName)));
        }
    }
}
