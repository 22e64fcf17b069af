namespace MedR1.Training;

/// <summary>
/// Watches a GRPO or PPO run: in addition to what every trainer reports, its rollouts and passes, for tables of completions and
/// your own measurements.
/// </summary>
/// <remarks>
/// Calls come one after another from the trainer. Tensors belong to the trainer and are valid only during the call.
/// </remarks>
public interface IRolloutObserver : ITrainingObserver
{
    /// <summary>Prompts were sampled and scored.</summary>
    /// <param name="rollout">Groups with scores and advantages; in PPO the tokens' advantages are not known yet.</param>
    void OnRollout(Rollout rollout)
    {
    }

    /// <summary>A forward and backward pass of the policy was made; PPO's critic makes its own, of which nobody is told.</summary>
    /// <param name="microStep">What went into the loss and what came out.</param>
    void OnMicroStep(PolicyMicroStep microStep)
    {
    }
}
