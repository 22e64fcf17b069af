namespace MedR1.Training;

/// <summary>
/// Looks on while a GRPO run goes: for tables of completions, own measurements, stopping by hand. What it throws stops
/// the run.
/// </summary>
/// <remarks>
/// Calls come one after another from the trainer. Tensors belong to the trainer and end with the call.
/// </remarks>
public interface IGrpoObserver
{
    /// <summary>Prompts were sampled and scored.</summary>
    /// <param name="rollout">Groups with scores and advantages.</param>
    void OnRollout(Rollout rollout)
    {
    }

    /// <summary>A forward and backward pass was made.</summary>
    /// <param name="microStep">What went into the loss and what came out.</param>
    void OnMicroStep(GrpoMicroStep microStep)
    {
    }

    /// <summary>
    /// All gradients of a step are there, clipped; the parameters have not moved yet. Not called for a skipped step.
    /// </summary>
    /// <param name="step">The step, from 1.</param>
    void OnGradients(long step)
    {
    }

    /// <summary>A step is done.</summary>
    /// <param name="metrics">Its measurements.</param>
    void OnStep(StepMetrics metrics)
    {
    }
}
