namespace MedR1.Training;

/// <summary>
/// Looks on while a run goes: the callbacks that every trainer has. <see cref="IGrpoObserver"/> and
/// <see cref="ISftObserver"/> add their trainer's own. What it throws stops the run, but for <see cref="OnStop"/>.
/// </summary>
/// <remarks>
/// Calls come one after another from the training's own thread, in the order in which they are listed here; the training goes on
/// when a call returns. One may wait for something asynchronous.
/// </remarks>
public interface ITrainingObserver
{
    /// <summary>A run starts or goes on.</summary>
    /// <param name="start">What runs, from where and how far.</param>
    void OnStart(TrainingStart start)
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
    /// <param name="metrics">Its measurements, those of an evaluation included.</param>
    void OnStep(StepMetrics metrics)
    {
    }

    /// <summary>A checkpoint is complete and in its place.</summary>
    /// <param name="step">The step.</param>
    /// <param name="folder">The checkpoint.</param>
    void OnCheckpoint(long step, string folder)
    {
    }

    /// <summary>The run has come to its last step. Not called where it was cancelled or failed.</summary>
    /// <param name="report">What became of it.</param>
    void OnEnd(TrainingReport report)
    {
    }

    /// <summary>
    /// The run is over, also where it was cancelled or failed, in its start too: nothing of it samples or moves a parameter any
    /// more. All observers are told; what one throws here is dropped, since what the run has ended with counts.
    /// </summary>
    void OnStop()
    {
    }
}
