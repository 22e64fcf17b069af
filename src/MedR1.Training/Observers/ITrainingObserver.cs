namespace MedR1.Training;

/// <summary>
/// Observes a run through the callbacks that all trainers share. <see cref="IRolloutObserver"/> and <see cref="ISftObserver"/> add those of
/// their trainers. An exception stops the run, except from <see cref="OnStop"/>.
/// </summary>
/// <remarks>
/// Calls come one at a time from the training thread, in the order in which they are listed here; training continues when a call returns. A
/// call may block to wait for asynchronous work.
/// </remarks>
public interface ITrainingObserver
{
    /// <summary>Called when a run starts or resumes.</summary>
    /// <param name="start">The trainer, the step that it starts from, and the number of steps.</param>
    void OnStart(TrainingStart start)
    {
    }

    /// <summary>
    /// Called when all gradients of the policy in a step are computed and clipped, before its parameters are updated. Not called if the
    /// gradients are not finite, in which case the policy's part of the step is skipped.
    /// </summary>
    /// <remarks>
    /// PPO calls it for the policy's half of a step. The critic's half comes afterwards and is not reported to observers; it may be skipped
    /// separately, and then the step counts as skipped although this was called.
    /// </remarks>
    /// <param name="step">The step, from 1.</param>
    void OnGradients(long step)
    {
    }

    /// <summary>Called when a step is complete.</summary>
    /// <param name="metrics">The step's metrics, including those of an evaluation.</param>
    void OnStep(StepMetrics metrics)
    {
    }

    /// <summary>Called when a checkpoint is complete and in its final place.</summary>
    /// <param name="step">The step.</param>
    /// <param name="folder">The checkpoint.</param>
    void OnCheckpoint(long step, string folder)
    {
    }

    /// <summary>Called when the run has reached its last step or ended early; not if it was cancelled or failed.</summary>
    /// <param name="report">The outcome of the run.</param>
    void OnEnd(TrainingReport report)
    {
    }

    /// <summary>
    /// Called when the run is over, even if it was cancelled or failed, including at its start: it no longer samples or updates a
    /// parameter. All observers are called; an exception thrown here is dropped, so that it does not hide the one that ended the run.
    /// </summary>
    void OnStop()
    {
    }
}
