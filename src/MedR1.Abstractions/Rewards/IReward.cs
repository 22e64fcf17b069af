namespace MedR1;

/// <summary>Scores one completion.</summary>
/// <remarks>
/// A reward is called from several threads at once and must be thread-safe. If it throws, times out or returns a number that is not
/// finite, the completion does not score 0 but is left out of the group's statistics, and the failure is counted.
/// </remarks>
public interface IReward
{
    /// <summary>The name in logs and metrics.</summary>
    string Name { get; }

    /// <summary>Scores a completion.</summary>
    /// <param name="context">The prompt, its example and the completion.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>The score, or <see langword="null"/> if this reward does not apply.</returns>
    ValueTask<double?> ScoreAsync(RewardContext context, CancellationToken cancellationToken = default);
}
