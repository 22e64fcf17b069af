namespace MedR1.Rewards;

/// <summary>
/// Punishes repeated runs of tokens (arXiv 2502.03373, appendix C.2): (1 − distinct n-grams / n-grams) × the penalty. 0 for a
/// completion without repetition or shorter than one n-gram.
/// </summary>
public sealed class RepetitionReward : IReward
{
    private readonly int _size;
    private readonly double _penalty;

    /// <summary>Creates the reward.</summary>
    /// <param name="size">Number of tokens in an n-gram.</param>
    /// <param name="penalty">The score that a completion consisting only of repetition approaches; at most 0.</param>
    /// <param name="name">The name in logs and metrics; null for <c>repetition</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 1, or the penalty above 0.</exception>
    public RepetitionReward(int size = 3, double penalty = -1.0, string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        if (!(double.IsFinite(penalty) && penalty <= 0))
        {
            throw new ArgumentOutOfRangeException(
                nameof(penalty), penalty, "Expected a finite number of at most 0: a penalty lowers the reward.");
        }

        _size = size;
        _penalty = penalty;
        Name = RewardName.Or(name, "repetition");
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ValueTask<double?> ScoreAsync(RewardContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ValueTask.FromResult<double?>(Score(context.Completion.TokenIds, _size, _penalty));
    }

    /// <summary>The reward of a sequence of tokens: between the penalty and 0.</summary>
    /// <param name="tokens">The completion's tokens.</param>
    /// <param name="size">Number of tokens in an n-gram.</param>
    /// <param name="penalty">The score that a completion consisting only of repetition approaches; at most 0.</param>
    public static double Score(IReadOnlyList<int> tokens, int size, double penalty)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        int count = tokens.Count - size + 1;
        if (count <= 0)
        {
            return 0.0;
        }

        HashSet<int> different = new(new RunComparer(tokens, size));
        for (int start = 0; start < count; start++)
        {
            different.Add(start);
        }

        double repeated = 1 - different.Count / (double)count;
        return repeated == 0 ? 0.0 : repeated * penalty;
    }

    /// <summary>Compares n-grams, identified by the position of their first token.</summary>
    private sealed class RunComparer(IReadOnlyList<int> tokens, int size) : IEqualityComparer<int>
    {
        public bool Equals(int left, int right)
        {
            int i = 0;
            while (i < size && tokens[left + i] == tokens[right + i])
            {
                i++;
            }

            return i == size;
        }

        public int GetHashCode(int start)
        {
            HashCode hash = new();
            for (int i = 0; i < size; i++)
            {
                hash.Add(tokens[start + i]);
            }

            return hash.ToHashCode();
        }
    }
}
