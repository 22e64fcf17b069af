namespace MedR1.Rewards;

/// <summary>Whether and how the reasoning states the finding of one step of a decision tree.</summary>
public enum StepVerdict
{
    /// <summary>The reasoning states the finding, in order.</summary>
    Stated,

    /// <summary>The reasoning states the finding, but not in the tree's order.</summary>
    OutOfOrder,

    /// <summary>The reasoning says nothing about the finding.</summary>
    Unstated,

    /// <summary>
    /// The reasoning states the opposite, both the finding and its opposite, or a finding that leads down a different branch.
    /// </summary>
    Contradicted,

    /// <summary>The tree requires no statement: this branch is taken if nothing else is stated.</summary>
    Assumed,
}
