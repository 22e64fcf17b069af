namespace MedR1.Datasets.Parquet;

/// <summary>
/// How many bytes the contents of a file, or of a part of it, may take. Values that repeat themselves are nearly nothing in a file,
/// so that what it takes to keep them can't be told from its size.
/// </summary>
/// <param name="maxBytes">The maximum number of bytes.</param>
/// <param name="spent">What to say if there are more.</param>
/// <param name="whole">The budget that this is a part of, if any.</param>
internal sealed class ByteBudget(long maxBytes, string spent, ByteBudget? whole = null)
{
    private long _left = maxBytes;

    /// <summary>Takes bytes before they are allocated.</summary>
    /// <exception cref="InvalidDataException">There are not so many left.</exception>
    public void Take(long bytes)
    {
        if (bytes > _left)
        {
            throw new InvalidDataException(spent);
        }

        whole?.Take(bytes);
        _left -= bytes;
    }
}
