using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Training;

/// <summary>
/// What a GRPO checkpoint holds besides weights and rollout: a reference that follows the policy, and groups to replay.
/// </summary>
internal sealed class GrpoCheckpointParts(PromptTaker taker, ReferenceMixer? mixer, ReplayBuffer? replay)
    : ICheckpointParts
{
    private const string ReplayName = "replay.json";
    private const string ReferenceName = "reference.safetensors";

    public void Write(CheckpointFiles files)
    {
        if (replay is not null)
        {
            files.Write(ReplayName, RolloutFile.Write(replay));
        }

        if (mixer is not null)
        {
            files.Write(ReferenceName, () => mixer.Weights);
        }
    }

    public IEnumerable<string> FilesOf(RunState state) =>
        [.. replay is null ? [] : (string[])[ReplayName], .. mixer is null ? [] : (string[])[ReferenceName]];

    public void Read(string folder, RunState state)
    {
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
