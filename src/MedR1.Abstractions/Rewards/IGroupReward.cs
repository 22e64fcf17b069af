namespace MedR1;

/// <summary>Scores the completions of a prompt together, for rewards that compare them.</summary>
/// <remarks>The rules of <see cref="IReward"/> hold.</remarks>
public interface IGroupReward
{
    /// <summary>The name in logs and metrics.</summary>
    string Name { get; }

    /// <summary>Scores a group.</summary>
    /// <param name="group">The prompt and its completions.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>One score for each completion, <see langword="null"/> where the reward does not apply.</returns>
    ValueTask<IReadOnlyList<double?>> ScoreAsync(CompletionGroup group, CancellationToken cancellationToken = default);
}
