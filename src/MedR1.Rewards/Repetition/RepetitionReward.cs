namespace MedR1.Rewards;

/// <summary>
/// Punishes repeated runs of tokens (arXiv 2502.03373, appendix C.2): (1 − distinct n-grams / n-grams) × the penalty. 0 for a
/// completion without repetition or shorter than one n-gram.
/// </summary>
public sealed class RepetitionReward : IReward
{
    private readonly int _ngramSize;
    private readonly double _maxPenalty;

    /// <summary>Creates the reward.</summary>
    /// <param name="ngramSize">Number of tokens in an n-gram.</param>
    /// <param name="maxPenalty">The score that a completion consisting only of repetition approaches; at most 0.</param>
    /// <param name="name">The name in logs and metrics; null for <c>repetition</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The n-gram size is below 1, or the penalty above 0.</exception>
    public RepetitionReward(int ngramSize = 3, double maxPenalty = -1.0, string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ngramSize, 1);
        if (!(double.IsFinite(maxPenalty) && maxPenalty <= 0))
        {
            throw new ArgumentOutOfRangeException(
                nameof(maxPenalty), maxPenalty, "Expected a finite number of at most 0: a penalty lowers the reward.");
        }

        _ngramSize = ngramSize;
        _maxPenalty = maxPenalty;
        Name = RewardName.Or(name, "repetition");
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ValueTask<double?> ScoreAsync(RewardContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ValueTask.FromResult<double?>(Score(context.Completion.TokenIds, _ngramSize, _maxPenalty));
    }

    /// <summary>The reward of a sequence of tokens: between the penalty and 0.</summary>
    /// <param name="tokens">The completion's tokens.</param>
    /// <param name="ngramSize">Number of tokens in an n-gram.</param>
    /// <param name="maxPenalty">The score that a completion consisting only of repetition approaches; at most 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The n-gram size is below 1.</exception>
    public static double Score(IReadOnlyList<int> tokens, int ngramSize, double maxPenalty)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentOutOfRangeException.ThrowIfLessThan(ngramSize, 1);
        int count = tokens.Count - ngramSize + 1;
        if (count <= 0)
        {
            return 0.0;
        }

        HashSet<int> different = new(new RunComparer(tokens, ngramSize));
        for (int start = 0; start < count; start++)
        {
            different.Add(start);
        }

        double repeated = 1 - different.Count / (double)count;
        return repeated == 0 ? 0.0 : repeated * maxPenalty;
    }

    /// <summary>Compares n-grams, identified by the position of their first token.</summary>
    private sealed class RunComparer(IReadOnlyList<int> tokens, int ngramSize) : IEqualityComparer<int>
    {
        public bool Equals(int left, int right)
        {
            int i = 0;
            while (i < ngramSize && tokens[left + i] == tokens[right + i])
            {
                i++;
            }

            return i == ngramSize;
        }

        public int GetHashCode(int start)
        {
            HashCode hash = new();
            for (int i = 0; i < ngramSize; i++)
            {
                hash.Add(tokens[start + i]);
            }

            return hash.ToHashCode();
        }
    }
}
