using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Whole sequences, padded on the right, every token of which is predicted except the first
/// (<see cref="IVisionLanguagePolicy.SequenceLogProbabilities"/>).
/// </summary>
public sealed class SequenceBatch : TokenBatch
{
    private readonly long[] _needed;

    /// <summary>Creates a batch.</summary>
    /// <param name="layout">The layout of the family.</param>
    /// <param name="sequences">The sequences, at least one.</param>
    /// <exception cref="InvalidPromptException">
    /// A sequence is empty or too long, has a token that doesn't exist, or its images don't match its placeholders.
    /// </exception>
    public SequenceBatch(PromptLayout layout, IReadOnlyList<EncodedPrompt> sequences)
        : base(layout, sequences, isPadded: true)
    {
        Targets = new TokenTargets(sequences.Count, Longest - 1);
        List<long> needed = [];
        for (int row = 0; row < sequences.Count; row++)
        {
            for (int column = 0; column < Lengths[row] - 1; column++)
            {
                Targets.Set(row, column, sequences[row].TokenIds[column + 1], needed.Count);
                needed.Add(((long)row * Longest) + column);
            }
        }

        _needed = [.. needed];
    }

    /// <summary>
    /// Which tokens are predicted, <c>[sequences, longest − 1]</c>, where column k is token k + 1, and from which rows of the result of
    /// <see cref="NeededOf"/>.
    /// </summary>
    public TokenTargets Targets { get; }

    /// <summary>Creates the attention pattern of the pass.</summary>
    public IAttentionPattern CreatePattern() => new CausalPattern(Lengths.Count, Longest);

    /// <summary>Selects the states from which tokens are predicted, without the last token of each sequence and padding.</summary>
    /// <param name="states"><c>[sequences · longest, width]</c>: the output of the last layer.</param>
    /// <returns><c>[predicted tokens, width]</c>; a new tensor.</returns>
    public Tensor NeededOf(Tensor states)
    {
        ArgumentNullException.ThrowIfNull(states);
        using Tensor places = _needed.ToDevice(states.device);
        return states.index_select(0, places);
    }
}
