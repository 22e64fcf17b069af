namespace MedR1.Training;

/// <summary>
/// The current rollout, with its scores, advantages and old log-probabilities, so that a checkpoint can be written at any step.
/// </summary>
internal sealed class RolloutCheckpoint(RolloutTrainerParts parts, PromptTaker taker) : ICheckpointParts
{
    private const string FileName = "rollout.json";

    /// <summary>The rollout; null if the next step samples a new one.</summary>
    public Rollout? Rollout { get; set; }

    public void Write(CheckpointFiles files)
    {
        if (Rollout is not null)
        {
            files.Write(FileName, RolloutFile.Write(Rollout));
        }
    }

    public IEnumerable<string> FilesOf(RunState state) => HasRollout(state) ? [FileName] : [];

    public void Read(string folder, RunState state)
    {
        if (HasRollout(state))
        {
            Rollout = RolloutFile.Restore(
                RolloutFile.Read(Path.Combine(folder, FileName), parts.RewardNames, taker.VocabularySize), taker, new RolloutMaker(parts),
                keepsAdvantages: true, CancellationToken.None);
        }
    }

    private static bool HasRollout(RunState state) => state.StepInRollout > 0 || state.Sampled is not null;
}
