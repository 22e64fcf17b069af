using System.Runtime.CompilerServices;
using MedR1.Modeling;
using static TorchSharp.torch;

namespace MedR1.Training;

/// <summary>
/// Lets one run of a trainer through at a time, on a thread of its own, and keeps features of pictures meanwhile that the
/// policy does not change.
/// </summary>
internal sealed class RunGate(string trainer, IVisionLanguagePolicy policy, TrainerOptions options)
{
    // The networks that runs use just now, whichever policies stand over them: adapters on one base switch each other off,
    // and the features that it keeps are those of one of them.
    private static readonly ConditionalWeakTable<nn.Module, RunGate> s_running = [];
    private readonly IVisionLanguagePolicy _policy = policy;
    private bool _isClosed;

    /// <summary>Lets no run through any more: the trainer is disposed.</summary>
    public void Close() => _isClosed = true;

    /// <summary>Runs, unless another run uses one of the networks.</summary>
    /// <param name="run">The run.</param>
    /// <param name="others">Networks beside the policy's that the run uses.</param>
    /// <exception cref="InvalidOperationException">A run is under way.</exception>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    public async Task<TrainingReport> RunAsync(Func<Task<TrainingReport>> run, params nn.Module[] others)
    {
        if (_isClosed)
        {
            throw new ObjectDisposedException(trainer);
        }

        nn.Module[] networks = [_policy.Network, .. others];
        Take(networks);
        try
        {
            using IDisposable? features = options.ImageFeatureBytes > 0
                ? _policy.KeepImageFeatures(options.ImageFeatureBytes) : null;
            return await TrainingThread.RunAsync(run).ConfigureAwait(false);
        }
        finally
        {
            Array.ForEach(networks, network => s_running.Remove(network));
        }
    }

    // All or none.
    private void Take(nn.Module[] networks)
    {
        lock (s_running)
        {
            foreach (nn.Module network in networks)
            {
                if (s_running.TryGetValue(network, out RunGate? other))
                {
                    throw new InvalidOperationException(Refusal(other));
                }
            }

            Array.ForEach(networks, network => s_running.AddOrUpdate(network, this));
        }
    }

    private string Refusal(RunGate other) => other == this
        ? "A run of this trainer is under way; await it."
        : ReferenceEquals(other._policy, _policy)
            ? "Another trainer trains this policy just now, and each would move it under the other; await that run."
            : "Another trainer uses the same network just now, for another adapter on this base for instance, or for a critic, "
                + "and each would change it under the other; await that run, or load a network for each.";
}
