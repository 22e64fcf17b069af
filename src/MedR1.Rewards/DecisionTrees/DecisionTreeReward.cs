namespace MedR1.Rewards;

/// <summary>
/// Checks the reasoning step by step against a decision tree: 1 if it states every finding that leads to its own answer, in order
/// and without contradiction. The reward does not check whether the answer is right; combine it with one that does, for example by
/// <see cref="GatedReward"/>.
/// </summary>
public sealed class DecisionTreeReward : IReward
{
    private readonly DecisionTree _tree;
    private readonly Func<VqaExample, bool>? _appliesTo;

    /// <summary>Creates the reward.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="appliesTo">Which examples the tree applies to; the reward abstains on others. Null: all.</param>
    /// <param name="name">The name in logs and metrics; null for <c>decision_tree</c>.</param>
    public DecisionTreeReward(DecisionTree tree, Func<VqaExample, bool>? appliesTo = null, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(tree);
        _tree = tree;
        _appliesTo = appliesTo;
        Name = RewardName.Or(name, "decision_tree");
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ValueTask<double?> ScoreAsync(RewardContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        bool applies = _appliesTo is null || _appliesTo(context.Example);
        return ValueTask.FromResult<double?>(applies ? Explain(context.Text).Score : null);
    }

    /// <summary>
    /// The score with an explanation for each node. The answer is the text in the answer tags, and the reasoning is everything
    /// before and after them; without tags, there is no answer.
    /// </summary>
    /// <param name="text">The model's output.</param>
    public DecisionTreeReport Explain(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Range? place = AnswerTags.RangeIgnoreCase(text);
        string answer = place is Range inside ? text[inside] : "";
        string reasoning = place is Range cut ? string.Concat(text[..cut.Start], ".", text[cut.End..]) : text;
        return _tree.Check(TagPattern.Remove(reasoning), answer);
    }
}
