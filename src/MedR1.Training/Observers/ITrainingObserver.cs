namespace MedR1.Training;

/// <summary>
/// Watches a run: the callbacks that every trainer has. <see cref="IRolloutObserver"/> and <see cref="ISftObserver"/> add those of
/// their trainers. An exception stops the run, except from <see cref="OnStop"/>.
/// </summary>
/// <remarks>
/// Calls come one after another from the training's own thread, in the order in which they are listed here; training continues when
/// a call returns. A call may block to wait for something asynchronous.
/// </remarks>
public interface ITrainingObserver
{
    /// <summary>A run starts or resumes.</summary>
    /// <param name="start">What runs, from which step, and how far.</param>
    void OnStart(TrainingStart start)
    {
    }

    /// <summary>
    /// All gradients of the policy in a step are computed and clipped; its parameters have not moved yet. Not called if they are not
    /// finite, so that the policy's part of the step is skipped.
    /// </summary>
    /// <remarks>
    /// PPO calls it for the policy's half of a step. The critic's half comes afterwards and is told to no observer; it may be skipped on
    /// its own, and then the step counts as skipped although this was called.
    /// </remarks>
    /// <param name="step">The step, from 1.</param>
    void OnGradients(long step)
    {
    }

    /// <summary>A step is done.</summary>
    /// <param name="metrics">Its measurements, including those of an evaluation.</param>
    void OnStep(StepMetrics metrics)
    {
    }

    /// <summary>A checkpoint is complete and in its final place.</summary>
    /// <param name="step">The step.</param>
    /// <param name="folder">The checkpoint.</param>
    void OnCheckpoint(long step, string folder)
    {
    }

    /// <summary>The run has reached its last step. Not called if it was cancelled or failed.</summary>
    /// <param name="report">The outcome of the run.</param>
    void OnEnd(TrainingReport report)
    {
    }

    /// <summary>
    /// The run is over, even if it was cancelled or failed, including at its start: it no longer samples or moves a parameter. All
    /// observers are told; an exception thrown here is dropped, so that it does not hide what the run ended with.
    /// </summary>
    void OnStop()
    {
    }
}
