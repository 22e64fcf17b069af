using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>Decides how much each token of a completion counts in the loss.</summary>
/// <param name="tokenIds">The tokens, the end token included.</param>
/// <param name="tokenizer">The tokenizer that produced them.</param>
/// <returns>One nonnegative weight per token; 0 leaves a token out.</returns>
public delegate IReadOnlyList<float> TokenWeighting(IReadOnlyList<int> tokenIds, ITextTokenizer tokenizer);
