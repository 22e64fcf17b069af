namespace MedR1.Models.Qwen2VL;

/// <summary>
/// What is asked of a padded batch of whole sequences: the probability of every token after the first. Rows are sequences, columns
/// tokens after the first of the longest.
/// </summary>
internal sealed class SequenceTargets
{
    /// <param name="batch">The sequences; the longest has two tokens or more.</param>
    public SequenceTargets(PromptBatch batch)
    {
        int columns = batch.Length - 1;
        List<long> places = [];
        Sources = new long[batch.Count * columns];
        Targets = new long[batch.Count * columns];
        Mask = new bool[batch.Count * columns];
        for (int row = 0; row < batch.Count; row++)
        {
            for (int column = 0; column < batch.Lengths[row] - 1; column++)
            {
                int cell = (row * columns) + column;
                Sources[cell] = places.Count;
                Targets[cell] = batch.Tokens[(row * batch.Length) + column + 1];
                Mask[cell] = true;
                places.Add(((long)row * batch.Length) + column);
            }
        }

        Places = [.. places];
    }

    /// <summary>The places in the batch that a token is predicted from.</summary>
    public long[] Places { get; }

    /// <summary><c>[rows, columns]</c>: which of the places predicts each token.</summary>
    public long[] Sources { get; }

    /// <summary><c>[rows, columns]</c> tokens whose probability is asked for.</summary>
    public long[] Targets { get; }

    /// <summary><c>[rows, columns]</c>, true at tokens.</summary>
    public bool[] Mask { get; }
}
