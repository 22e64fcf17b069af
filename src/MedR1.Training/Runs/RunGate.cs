using System.Runtime.CompilerServices;
using MedR1.Modeling;
using static TorchSharp.torch;

namespace MedR1.Training;

/// <summary>
/// Admits one run of a trainer at a time, on its own thread, and meanwhile caches image features that the policy does not change.
/// </summary>
/// <param name="trainer">The trainer's name.</param>
/// <param name="policy">The policy that the runs train.</param>
/// <param name="options">The trainer's options.</param>
/// <param name="reference">The given reference of the runs, if any, with which other runs may compare too.</param>
internal sealed class RunGate(
    string trainer, IVisionLanguagePolicy policy, TrainerOptions options, IVisionLanguagePolicy? reference = null)
{
    private const string OwnReference = "await that run, or load a separate network for the reference.";

    // The networks that runs are currently using, whichever policies wrap them: adapters on one base switch each other off, and the
    // features that the base caches belong to one of them.
    private static readonly ConditionalWeakTable<nn.Module, RunGate> s_running = [];

    // The networks of references that no current run changes, each with the runs that read it.
    private static readonly ConditionalWeakTable<nn.Module, List<RunGate>> s_compared = [];
    private readonly IVisionLanguagePolicy _policy = policy;

    // Set under the lock, but read between steps without it.
    private volatile bool _isClosed;
    private Action? _free;
    private int _isFreed;

    private string Trainer { get; } = trainer;

    // An adapter is switched on for each pass and off after it, for every policy that computes with its network.
    private bool SwitchesReference => reference?.Parameters.Any(pair => reference.PartOf(pair.Key) == ModelPart.Adapter) == true;

    /// <summary>
    /// Admits no further run, because the trainer is disposed. Resources that a current run uses are freed when that run ends, after its
    /// current step.
    /// </summary>
    /// <param name="free">Frees the trainer's resources.</param>
    public void Close(Action free)
    {
        lock (s_running)
        {
            _isClosed = true;
            if (s_running.TryGetValue(_policy.Network, out RunGate? running) && running == this)
            {
                _free = free;
                return;
            }
        }

        FreeOnce(free);
    }

    /// <summary>Ends a run whose trainer was disposed in the meantime.</summary>
    /// <exception cref="ObjectDisposedException">The trainer was disposed.</exception>
    public void RequireOpen()
    {
        if (_isClosed)
        {
            throw new ObjectDisposedException(Trainer, "The trainer was disposed during its run, which ends here. Await the run before disposing the trainer.");
        }
    }

    /// <summary>
    /// Runs, unless a different run uses one of the networks, uses one as its reference, or compares with the same network while one of the
    /// two references is an adapter.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="others">Networks that the run uses in addition to the policy's.</param>
    /// <exception cref="InvalidOperationException">A run is in progress, or a different run changes the reference.</exception>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    public async Task<TrainingReport> RunAsync(Func<Task<TrainingReport>> run, params nn.Module[] others)
    {
        nn.Module[] networks = [_policy.Network, .. others];

        // A policy with an adapter uses its own base as its reference.
        nn.Module? compared = reference is null || networks.Contains(reference.Network) ? null : reference.Network;
        Take(networks, compared);
        try
        {
            using IDisposable? features = options.ImageFeatureCacheBytes > 0
                ? _policy.CacheImageFeatures(options.ImageFeatureCacheBytes) : null;
            return await TrainingThread.RunAsync(run).ConfigureAwait(false);
        }
        finally
        {
            // Before the networks are released, since freeing changes them; and after, in case the trainer was closed in between.
            FreeOnce(Volatile.Read(ref _free));
            Release(networks, compared);
            FreeOnce(Volatile.Read(ref _free));
        }
    }

    private void FreeOnce(Action? free)
    {
        if (free is not null && Interlocked.Exchange(ref _isFreed, 1) == 0)
        {
            free();
        }
    }

    // Takes all networks or none.
    private void Take(nn.Module[] networks, nn.Module? compared)
    {
        lock (s_running)
        {
            if (_isClosed)
            {
                throw new ObjectDisposedException(Trainer);
            }

            foreach (nn.Module network in networks)
            {
                if (s_running.TryGetValue(network, out RunGate? other))
                {
                    throw new InvalidOperationException(Refusal(other));
                }

                if (s_compared.TryGetValue(network, out List<RunGate>? readers) && readers.Count > 0)
                {
                    throw new InvalidOperationException(
                        $"A running {readers[0].Trainer} uses this network as its reference, and this run would change it, or switch its "
                        + $"adapter on, meanwhile; {OwnReference}");
                }
            }

            RequireReadable(compared);
            Array.ForEach(networks, network => s_running.AddOrUpdate(network, this));
            if (compared is not null)
            {
                s_compared.GetOrCreateValue(compared).Add(this);
            }
        }
    }

    private void RequireReadable(nn.Module? compared)
    {
        if (compared is null)
        {
            return;
        }

        if (s_running.TryGetValue(compared, out RunGate? changing))
        {
            throw new InvalidOperationException(
                $"A running {changing.Trainer} trains the network of this run's reference, and would change it, or switch its adapter "
                + $"on, meanwhile; {OwnReference}");
        }

        if (s_compared.TryGetValue(compared, out List<RunGate>? readers)
            && readers.Find(reader => reader.SwitchesReference || SwitchesReference) is RunGate other)
        {
            throw new InvalidOperationException(
                $"A running {other.Trainer} compares with the network of this run's reference, and one of the two references is an "
                + $"adapter on it, which would be switched on for the other too; {OwnReference}");
        }
    }

    private void Release(nn.Module[] networks, nn.Module? compared)
    {
        lock (s_running)
        {
            Array.ForEach(networks, network => s_running.Remove(network));
            if (compared is not null && s_compared.TryGetValue(compared, out List<RunGate>? readers))
            {
                readers.Remove(this);
            }
        }
    }

    private string Refusal(RunGate other) => other == this
        ? "This trainer is already running; await that run."
        : ReferenceEquals(other._policy, _policy)
            ? "Another trainer is training this policy, and both would change it; await that run."
            : "Another trainer is using the same network, for example for another adapter on this base or for a critic, "
                + "and both would change it; await that run, or load a separate network for each.";
}
