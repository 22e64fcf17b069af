namespace MedR1.Rewards;

/// <summary>One step on the way from the root of a decision tree to the answer's leaf.</summary>
/// <param name="Node">The node's name.</param>
/// <param name="Question">The node's question.</param>
/// <param name="Required">The finding that leads to the next node, such as <c>spiculated is absent</c>.</param>
/// <param name="Verdict">Whether and how the reasoning states the finding.</param>
/// <param name="Credit">The credit for the verdict: 1, ½, 0, or −1 for a contradiction.</param>
/// <param name="Evidence">The words of the reasoning that decided the verdict; empty if there are none.</param>
public sealed record DecisionStep(
    string Node, string Question, string Required, StepVerdict Verdict, double Credit, string Evidence);
