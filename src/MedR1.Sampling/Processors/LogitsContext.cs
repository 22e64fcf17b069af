namespace MedR1.Sampling;

/// <summary>What a processor may know of the rows beside their logits.</summary>
/// <param name="NewTokenCounts">Tokens that each row has said so far.</param>
/// <param name="History">Which tokens each row holds; null unless a processor needs it.</param>
public sealed record LogitsContext(IReadOnlyList<int> NewTokenCounts, TokenHistory? History);
