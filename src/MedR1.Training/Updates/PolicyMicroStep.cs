using MedR1.Losses;

namespace MedR1.Training;

/// <summary>One forward and backward pass of an update.</summary>
/// <param name="Step">The optimizer step, from 1.</param>
/// <param name="MicroStep">The pass within the step, from 0.</param>
/// <param name="Rollout">The rollout that the completions come from.</param>
/// <param name="Rows">The completions, one for each row of the inputs.</param>
/// <param name="Inputs">The inputs of the loss.</param>
/// <param name="Loss">The loss, already divided for accumulation.</param>
/// <param name="Metrics">The loss's metrics.</param>
public sealed record PolicyMicroStep(
    long Step,
    int MicroStep,
    Rollout Rollout,
    IReadOnlyList<CompletionIndex> Rows,
    PolicyLossInputs Inputs,
    double Loss,
    IReadOnlyDictionary<string, LossMetric> Metrics);
