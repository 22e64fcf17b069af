namespace MedR1.Training;

/// <summary>
/// Observes a GRPO or PPO run: in addition to the callbacks of every trainer, its rollouts and passes, for example for tables of
/// completions or custom metrics.
/// </summary>
/// <remarks>
/// The trainer makes one call at a time. Tensors belong to the trainer and are valid only during the call.
/// </remarks>
public interface IRolloutObserver : ITrainingObserver
{
    /// <summary>Called after prompts were sampled and scored.</summary>
    /// <param name="rollout">The groups with scores and advantages; in PPO, the tokens' advantages are not known yet.</param>
    void OnRollout(Rollout rollout)
    {
    }

    /// <summary>Called after a forward and backward pass of the policy; not called for the passes of PPO's critic.</summary>
    /// <param name="microStep">The inputs and the result of the loss.</param>
    void OnMicroStep(PolicyMicroStep microStep)
    {
    }
}
