namespace MedR1;

/// <summary>Scores all completions of a prompt together, so that they can be compared.</summary>
/// <remarks>The rules of <see cref="IReward"/> apply.</remarks>
public interface IGroupReward
{
    /// <summary>The name in logs and metrics.</summary>
    string Name { get; }

    /// <summary>Scores a group.</summary>
    /// <param name="group">The prompt and its completions.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>One score per completion, <see langword="null"/> if the reward does not apply to it.</returns>
    ValueTask<IReadOnlyList<double?>> ScoreAsync(CompletionGroup group, CancellationToken cancellationToken = default);
}
