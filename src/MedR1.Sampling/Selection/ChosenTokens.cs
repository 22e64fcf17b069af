using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>What a step chose, <c>[rows]</c> each.</summary>
/// <param name="Tokens">int64 tokens; −1 where the logits are no numbers or leave none to choose.</param>
/// <param name="LogProbabilities">
/// float32, under the temperature-scaled distribution without the suppressed tokens.
/// </param>
/// <param name="DrawnLogProbabilities">float32, under the distribution drawn from.</param>
internal sealed record ChosenTokens(Tensor Tokens, Tensor LogProbabilities, Tensor DrawnLogProbabilities);
