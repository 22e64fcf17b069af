namespace MedR1.Training;

/// <summary>Lets one run of a trainer through at a time, on a thread of its own.</summary>
internal sealed class RunGate
{
    private int _isRunning;

    /// <exception cref="InvalidOperationException">A run is under way.</exception>
    public async Task<TrainingReport> RunAsync(Func<Task<TrainingReport>> run)
    {
        if (Interlocked.Exchange(ref _isRunning, 1) == 1)
        {
            throw new InvalidOperationException("A run of this trainer is under way; await it, or build a second trainer.");
        }

        try
        {
            return await TrainingThread.RunAsync(run).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _isRunning, 0);
        }
    }
}
