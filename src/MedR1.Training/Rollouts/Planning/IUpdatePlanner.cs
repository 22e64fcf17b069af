namespace MedR1.Training;

/// <summary>Decides how the completions of a rollout are spread over optimizer steps and forward passes.</summary>
/// <remarks>The same rollout must give the same plan, or a resumed run becomes a different run.</remarks>
public interface IUpdatePlanner
{
    /// <summary>Plans one pass through a rollout.</summary>
    /// <param name="rollout">The rollout.</param>
    /// <param name="options">The run's options, in the run's own copy.</param>
    /// <returns>
    /// <see cref="RolloutTrainerOptions.StepsPerGeneration"/> steps that together hold every completion once.
    /// </returns>
    IReadOnlyList<PlannedStep> Plan(Rollout rollout, RolloutTrainerOptions options);
}
