namespace MedR1.Training;

/// <summary>Where the rollouts of a run come from: a sampler, or files.</summary>
internal interface IRolloutSource
{
    /// <summary>Seconds that the last call spent sampling.</summary>
    double SampleSeconds { get; }

    /// <summary>Seconds that the last call spent scoring.</summary>
    double RewardSeconds { get; }

    /// <summary>Starts preparing the next call, in parallel with the update.</summary>
    /// <param name="position">The position in the data that the next call will be given.</param>
    /// <param name="cancellationToken">Cancels the preparation.</param>
    void Prefetch(long position, CancellationToken cancellationToken);

    /// <summary>
    /// Waits until no preparation is running, whatever its outcome: only one thread at a time may access data and order, even if the run is
    /// continued right away.
    /// </summary>
    Task WaitForPrefetchAsync();

    /// <summary>Returns a rollout, which depends only on the seed, index and position.</summary>
    /// <param name="index">The number of rollouts that the run made before this one.</param>
    /// <param name="position">The position in the data after those rollouts.</param>
    /// <param name="cancellationToken">Cancels sampling and scoring.</param>
    Task<Rollout> CollectAsync(long index, long position, CancellationToken cancellationToken);
}
