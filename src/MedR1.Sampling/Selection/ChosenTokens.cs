using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>The tokens chosen in a step, <c>[rows]</c> each.</summary>
/// <param name="Tokens">int64 tokens; −1 where the logits are not finite or leave no token to choose.</param>
/// <param name="LogProbabilities">
/// float32, under the temperature-scaled distribution without the suppressed tokens.
/// </param>
/// <param name="ProcessedLogProbabilities">float32, under the distribution sampled from.</param>
internal sealed record ChosenTokens(Tensor Tokens, Tensor LogProbabilities, Tensor ProcessedLogProbabilities)
{
    /// <summary><c>[3, rows]</c>, to be copied in one piece: float64 represents both a token and a float32 exactly.</summary>
    public Tensor Stacked() => stack(
        [
            Tokens.to(ScalarType.Float64),
            LogProbabilities.to(ScalarType.Float64),
            ProcessedLogProbabilities.to(ScalarType.Float64),
        ]);
}
