namespace MedR1.Modeling;

/// <summary>A policy that exposes the input of its head, for other kinds of head: a value head, a reward head.</summary>
public interface IHiddenStatePolicy : IVisionLanguagePolicy
{
    /// <summary>Size of a state.</summary>
    int HiddenSize { get; }

    /// <summary>
    /// The states that the completions' tokens are predicted from, after the last norm: column k is the state before token k, so
    /// that of the first token depends on the prompt alone. Each image and each prompt is computed once.
    /// </summary>
    /// <param name="groups">Prompts with completions.</param>
    /// <returns>
    /// <c>[rows, T, hidden]</c> in the network's data type, with the rows and columns of
    /// <see cref="IVisionLanguagePolicy.TokenLogProbabilities"/>, arbitrary values at padding; with gradient unless that is
    /// switched off. The caller disposes it, after the backward pass or instead of one.
    /// </returns>
    PassOutput CompletionStates(IReadOnlyList<PackedGroup> groups);
}
