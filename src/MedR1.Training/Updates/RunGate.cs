using System.Runtime.CompilerServices;
using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>
/// Lets one run of a trainer through at a time, on a thread of its own, and keeps features of pictures meanwhile that the
/// policy does not change.
/// </summary>
internal sealed class RunGate(string trainer, IVisionLanguagePolicy policy, TrainerOptions options)
{
    // The policies that are in training just now, whichever trainer they are given to.
    private static readonly ConditionalWeakTable<IVisionLanguagePolicy, RunGate> s_running = [];
    private bool _isClosed;

    /// <summary>Lets no run through any more: the trainer is disposed.</summary>
    public void Close() => _isClosed = true;

    /// <exception cref="InvalidOperationException">A run is under way.</exception>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    public async Task<TrainingReport> RunAsync(Func<Task<TrainingReport>> run)
    {
        if (_isClosed)
        {
            throw new ObjectDisposedException(trainer);
        }

        if (!s_running.TryAdd(policy, this))
        {
            throw new InvalidOperationException(s_running.TryGetValue(policy, out RunGate? other) && other == this
                ? "A run of this trainer is under way; await it."
                : "Another trainer trains this policy just now, and each would move it under the other; await that run.");
        }

        try
        {
            using IDisposable? features = options.ImageFeatureBytes > 0
                ? policy.KeepImageFeatures(options.ImageFeatureBytes) : null;
            return await TrainingThread.RunAsync(run).ConfigureAwait(false);
        }
        finally
        {
            s_running.Remove(policy);
        }
    }
}
