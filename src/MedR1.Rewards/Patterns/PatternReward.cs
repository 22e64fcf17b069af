namespace MedR1.Rewards;

/// <summary>1 if an expression matches the whole completion as with Python's <c>re.fullmatch</c>, else 0.</summary>
public sealed class PatternReward : IReward
{
    private readonly PythonRegex _pattern;

    /// <summary>Creates the reward.</summary>
    /// <param name="name">The name in logs and metrics.</param>
    /// <param name="pattern">The expression.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public PatternReward(string name, PythonRegex pattern)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(pattern);
        Name = name;
        _pattern = pattern;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ValueTask<double?> ScoreAsync(RewardContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ValueTask.FromResult<double?>(_pattern.FullMatch(context.Text) is null ? 0.0 : 1.0);
    }
}
