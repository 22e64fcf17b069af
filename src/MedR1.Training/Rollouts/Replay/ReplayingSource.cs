namespace MedR1.Training;

/// <summary>Replaces groups whose completions all agree with groups from a replay buffer.</summary>
internal sealed class ReplayingSource(
    IRolloutSource source, ReplayBuffer buffer, RolloutMaker maker, long seed) : IRolloutSource
{
    private const int DrawStream = 5;

    public double SampleSeconds => source.SampleSeconds;

    public double RewardSeconds => source.RewardSeconds;

    public void Prefetch(long position, CancellationToken cancellationToken) =>
        source.Prefetch(position, cancellationToken);

    public Task WaitForPrefetchAsync() => source.WaitForPrefetchAsync();

    public async Task<Rollout> CollectAsync(long index, long position, CancellationToken cancellationToken)
    {
        Rollout rollout = await source.CollectAsync(index, position, cancellationToken);
        int agreeing = rollout.Members.Count(buffer.Agrees);
        Queue<RolloutGroup> drawn = new(buffer.Draw(agreeing, index, SeedMixer.Mix(seed, index, DrawStream)));
        return drawn.Count == 0 ? rollout : maker.Make(
            index,
            [.. rollout.Members.Select(
                group => buffer.Agrees(group) && drawn.TryDequeue(out RolloutGroup? other) ? other : group)],
            rollout.Failures, rollout.Counts);
    }
}
