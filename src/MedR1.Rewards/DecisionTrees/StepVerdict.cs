namespace MedR1.Rewards;

/// <summary>Whether and how the reasoning states the finding of one step of a decision tree.</summary>
public enum StepVerdict
{
    /// <summary>It states the finding, in order.</summary>
    Stated,

    /// <summary>It states the finding, but before one that comes earlier in the tree.</summary>
    OutOfOrder,

    /// <summary>It says nothing about the finding.</summary>
    Unstated,

    /// <summary>It states the opposite, both at once, or a finding that leads down a different branch.</summary>
    Contradicted,

    /// <summary>The tree asks for no statement: this branch is taken if nothing else is stated.</summary>
    Assumed,
}
