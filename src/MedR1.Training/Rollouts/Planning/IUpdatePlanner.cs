namespace MedR1.Training;

/// <summary>Decides how the completions of a rollout are distributed over optimizer steps and forward passes.</summary>
/// <remarks>The same rollout must give the same plan, or a resumed run becomes a different run.</remarks>
public interface IUpdatePlanner
{
    /// <summary>Plans one iteration over a rollout.</summary>
    /// <param name="rollout">The rollout.</param>
    /// <param name="options">The run's own copy of its options.</param>
    /// <returns>
    /// <see cref="RolloutTrainerOptions.StepsPerGeneration"/> steps that together contain every completion once. A completion that no step
    /// contains is not trained; a step must not contain one twice.
    /// </returns>
    IReadOnlyList<PlannedStep> Plan(Rollout rollout, RolloutTrainerOptions options);
}
