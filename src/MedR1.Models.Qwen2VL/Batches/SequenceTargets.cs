namespace MedR1.Models.Qwen2VL;

/// <summary>
/// The targets of a padded batch of whole sequences: every token after the first. Rows are sequences; column k is token k + 1.
/// </summary>
internal sealed class SequenceTargets
{
    /// <param name="batch">The sequences; the longest must have at least two tokens.</param>
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

    /// <summary>The tokens of the batch from which a target is predicted.</summary>
    public long[] Places { get; }

    /// <summary><c>[rows, columns]</c>: the index in <see cref="Places"/> of the token that predicts each target.</summary>
    public long[] Sources { get; }

    /// <summary><c>[rows, columns]</c>: the target tokens.</summary>
    public long[] Targets { get; }

    /// <summary><c>[rows, columns]</c>, true at tokens.</summary>
    public bool[] Mask { get; }
}
