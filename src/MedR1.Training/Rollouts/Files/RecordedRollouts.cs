namespace MedR1.Training;

/// <summary>Rollouts read from the files of a <see cref="RolloutRecorder"/>; advantages are recomputed.</summary>
internal sealed class RecordedRollouts(string folder, RolloutTrainerParts parts, PromptTaker taker) : IRolloutSource
{
    private readonly RolloutMaker _maker = new(parts);

    public double SampleSeconds => 0;

    public double RewardSeconds => 0;

    public void Prefetch(long position, CancellationToken cancellationToken)
    {
    }

    public Task WaitForPrefetchAsync() => Task.CompletedTask;

    public Task<Rollout> CollectAsync(long index, long position, CancellationToken cancellationToken)
    {
        string path = RolloutFile.PathOf(folder, index);
        if (!File.Exists(path))
        {
            throw new InvalidOperationException(
                $"'{path}' is missing: fewer rollouts were recorded. Lower MaxSteps, or record a longer run.");
        }

        return Task.FromResult(RolloutFile.Restore(
            RolloutFile.Read(path, parts.RewardNames, taker.VocabularySize), taker, _maker, keepsAdvantages: false, cancellationToken));
    }
}
