namespace MedR1.Training;

/// <summary>A reward written as a lambda.</summary>
internal sealed class DelegateReward(
    string name, Func<RewardContext, CancellationToken, ValueTask<double?>> score) : IReward
{
    public string Name { get; } = name;

    public ValueTask<double?> ScoreAsync(RewardContext context, CancellationToken cancellationToken = default) =>
        score(context, cancellationToken);
}
