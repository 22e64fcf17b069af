namespace MedR1.Rewards;

/// <summary>What the reasoning does for one step of a decision tree.</summary>
public enum StepVerdict
{
    /// <summary>It states the finding, in its place.</summary>
    Stated,

    /// <summary>It states the finding, but before one that the tree asks for earlier.</summary>
    OutOfOrder,

    /// <summary>It says nothing about it.</summary>
    Unstated,

    /// <summary>It states the opposite, both at once, or a finding that leads another way.</summary>
    Contradicted,

    /// <summary>The tree asks for no statement: it goes this way where nothing else is stated.</summary>
    Assumed,
}
