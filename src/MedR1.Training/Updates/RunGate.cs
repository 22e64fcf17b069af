using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>
/// Lets one run of a trainer through at a time, on a thread of its own, and keeps features of pictures meanwhile that the
/// policy does not change.
/// </summary>
internal sealed class RunGate(IVisionLanguagePolicy policy, TrainerOptions options)
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
            using IDisposable? features = options.ImageFeatureBytes > 0
                ? policy.KeepImageFeatures(options.ImageFeatureBytes) : null;
            return await TrainingThread.RunAsync(run).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _isRunning, 0);
        }
    }
}
