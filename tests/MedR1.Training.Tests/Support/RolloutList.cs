namespace MedR1.Training.Tests;

/// <summary>Records the rollouts of a run.</summary>
internal sealed class RolloutList : List<Rollout>, IRolloutObserver
{
    public void OnRollout(Rollout rollout) => Add(rollout);

    /// <summary>The examples of a rollout's groups.</summary>
    public static IEnumerable<string> Examples(Rollout rollout) =>
        rollout.Groups.Select(group => group.Prompt.Example!.Id);
}
