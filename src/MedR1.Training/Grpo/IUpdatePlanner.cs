namespace MedR1.Training;

/// <summary>Decides how the completions of a rollout are spread over optimizer steps and forward passes.</summary>
/// <remarks>The same rollout must give the same plan, else a resumed run is another run.</remarks>
public interface IUpdatePlanner
{
    /// <summary>Plans one pass through a rollout.</summary>
    /// <param name="rollout">The rollout.</param>
    /// <param name="options">The run's options; a copy of its own.</param>
    /// <returns>
    /// <see cref="RolloutTrainerOptions.StepsPerGeneration"/> steps that together hold every completion once.
    /// </returns>
    IReadOnlyList<PlannedStep> Plan(Rollout rollout, RolloutTrainerOptions options);
}
