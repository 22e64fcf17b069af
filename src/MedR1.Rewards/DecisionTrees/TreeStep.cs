namespace MedR1.Rewards;

/// <summary>A step of a path through a tree.</summary>
/// <param name="Node">The name of the node that asks.</param>
/// <param name="Branch">The branch that is taken.</param>
internal sealed record TreeStep(string Node, BranchDocument Branch);
