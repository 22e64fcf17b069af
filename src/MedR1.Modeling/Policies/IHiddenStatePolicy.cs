namespace MedR1.Modeling;

/// <summary>A policy that exposes the hidden states before its language-model head, for value heads and reward heads.</summary>
public interface IHiddenStatePolicy : IVisionLanguagePolicy
{
    /// <summary>The width of the head's input.</summary>
    int HiddenSize { get; }

    /// <summary>
    /// Computes the hidden states, after the final norm, from which the completions' tokens are predicted: column k is the state
    /// that predicts token k, so column 0 depends on the prompt alone. Each image and each prompt is computed once.
    /// </summary>
    /// <param name="groups">Prompts with completions.</param>
    /// <returns>
    /// <c>[rows, T, hidden]</c> in the network's data type, with the rows and columns of
    /// <see cref="IVisionLanguagePolicy.TokenLogProbabilities"/>, any finite values at padding (a head's gradient multiplies
    /// them by 0); with gradient unless gradients are disabled. The caller disposes it, after the backward pass if there is one.
    /// </returns>
    PassOutput CompletionStates(IReadOnlyList<PackedGroup> groups);
}
