namespace MedR1.Modeling;

/// <summary>A policy that shows what its head sees, for heads of another kind: a value head, a reward head.</summary>
public interface IHiddenStatePolicy : IVisionLanguagePolicy
{
    /// <summary>Numbers in a state.</summary>
    int HiddenSize { get; }

    /// <summary>
    /// The states that the completions' tokens are predicted from, behind the last norm: column k is the state before
    /// token k, so that of the first token has seen the prompt alone. Each picture and each prompt is computed once.
    /// </summary>
    /// <param name="groups">Prompts with completions.</param>
    /// <returns>
    /// <c>[rows, T, hidden]</c> in the network's type, rows and columns as those of
    /// <see cref="IVisionLanguagePolicy.TokenLogProbabilities"/>, any value at padding; with gradient unless it is
    /// switched off. The caller disposes it, after the backward pass or in place of one.
    /// </returns>
    PassOutput CompletionStates(IReadOnlyList<PackedGroup> groups);
}
