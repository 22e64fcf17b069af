namespace MedR1.Datasets.Parquet;

/// <summary>
/// Limits the bytes that the contents of a file, or of a part of it, may take in memory. Repeated values take almost no space in a
/// file, so the memory that they need can't be derived from the file's size.
/// </summary>
/// <param name="maxBytes">The maximum number of bytes.</param>
/// <param name="spent">The error message if the budget is exceeded.</param>
/// <param name="whole">The larger budget that this one is part of, if any.</param>
internal sealed class ByteBudget(long maxBytes, string spent, ByteBudget? whole = null)
{
    private long _left = maxBytes;

    /// <summary>Takes bytes before they are allocated.</summary>
    /// <exception cref="InvalidDataException">The budget is exceeded.</exception>
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
