namespace MedR1.Training.Tests;

/// <summary>Does something at the end of a step.</summary>
internal sealed class AtStep(long step, Action action) : ITrainingObserver
{
    public void OnStep(StepMetrics metrics)
    {
        if (metrics.Step == step)
        {
            action();
        }
    }
}
