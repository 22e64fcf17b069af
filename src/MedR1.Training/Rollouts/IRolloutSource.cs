namespace MedR1.Training;

/// <summary>Where the rollouts of a run come from: a sampler, or files.</summary>
internal interface IRolloutSource
{
    /// <summary>Seconds that the last call sampled.</summary>
    double SampleSeconds { get; }

    /// <summary>Seconds that the last call scored.</summary>
    double RewardSeconds { get; }

    /// <summary>Starts to prepare a later call, so that it goes on beside the update.</summary>
    void Prefetch(long index, long position, CancellationToken cancellationToken);

    /// <summary>
    /// Waits until nothing is prepared any more, whatever became of it: data and order are asked by one thread at a time, also if the
    /// run goes on at once.
    /// </summary>
    Task WaitForPrefetchAsync();

    /// <summary>Gives a rollout; which one depends on the seed, index and position alone.</summary>
    /// <param name="index">How many rollouts the run made before.</param>
    /// <param name="position">The position in the data behind them.</param>
    /// <param name="cancellationToken">Cancels sampling and scoring.</param>
    Task<Rollout> CollectAsync(long index, long position, CancellationToken cancellationToken);
}
