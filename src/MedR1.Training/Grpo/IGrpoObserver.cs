namespace MedR1.Training;

/// <summary>
/// Looks on while a GRPO or PPO run goes: beside what every trainer tells, its rollouts and passes, for tables of completions
/// and own measurements.
/// </summary>
/// <remarks>
/// Calls come one after another from the trainer. Tensors belong to the trainer and end with the call.
/// </remarks>
public interface IGrpoObserver : ITrainingObserver
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
}
