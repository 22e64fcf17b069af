namespace MedR1.Rewards;

/// <summary>
/// Compares the labels listed in the answer with the right labels, as sets: labels are trimmed, case is folded, runs of white space
/// count as one space, and duplicates count once. Two empty sets are equal.
/// </summary>
public sealed class MultiLabelReward : IReward
{
    private readonly LabelScore _score;
    private readonly string[] _separators;
    private readonly bool _requireTags;

    /// <summary>Creates the reward.</summary>
    /// <param name="score">How sets are compared.</param>
    /// <param name="separators">What separates labels; null for comma, semicolon and line break.</param>
    /// <param name="requireTags">Whether a text without answer tags earns 0; otherwise the whole text is taken as the answer.</param>
    /// <param name="name">The name in logs and metrics; null for <c>labels</c>.</param>
    /// <exception cref="ArgumentException">There is no separator, or one of them is empty.</exception>
    public MultiLabelReward(
        LabelScore score = LabelScore.F1,
        IReadOnlyList<string>? separators = null,
        bool requireTags = true,
        string? name = null)
    {
        if (!Enum.IsDefined(score))
        {
            throw new ArgumentOutOfRangeException(nameof(score), score, "Use F1, Exact or IntersectionOverUnion.");
        }

        _separators = [.. separators ?? [",", ";", "\n"]];
        if (_separators.Length == 0 || _separators.Any(string.IsNullOrEmpty))
        {
            throw new ArgumentException("Give at least one separator, none of them empty.", nameof(separators));
        }

        _score = score;
        _requireTags = requireTags;
        Name = RewardName.Or(name, "labels");
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    /// <remarks>The right labels are read from the example's answer.</remarks>
    public ValueTask<double?> ScoreAsync(RewardContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ValueTask.FromResult<double?>(AnswerText.Of(context.Text, _requireTags) is string answer
            ? Score(Labels(answer), Labels(context.Example.Answer), _score) : 0.0);
    }

    /// <summary>The reward of labels: 0 to 1. Labels are compared without trimming or folding.</summary>
    /// <param name="predicted">The labels in the answer.</param>
    /// <param name="reference">The labels of the reference answer.</param>
    /// <param name="score">How sets are compared.</param>
    public static double Score(IEnumerable<string> predicted, IEnumerable<string> reference, LabelScore score)
    {
        HashSet<string> ours = new(predicted, StringComparer.Ordinal);
        HashSet<string> theirs = new(reference, StringComparer.Ordinal);
        if (ours.Count + theirs.Count == 0)
        {
            return 1.0;
        }

        int hits = ours.Count(theirs.Contains);
        return score switch
        {
            LabelScore.F1 => 2.0 * hits / (ours.Count + theirs.Count),
            LabelScore.Exact => ours.SetEquals(theirs) ? 1.0 : 0.0,
            _ => hits / (double)(ours.Count + theirs.Count - hits),
        };
    }

    private IEnumerable<string> Labels(string text) => text
        .Split(_separators, StringSplitOptions.None)
        .Select(label => string.Join(' ', PythonText.Split(PythonText.CaseFold(label))))
        .Where(label => label.Length > 0);
}
