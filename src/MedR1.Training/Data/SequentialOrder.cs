namespace MedR1.Training;

/// <summary>The examples in their original order, over and over.</summary>
public sealed class SequentialOrder : IExampleOrder
{
    /// <inheritdoc/>
    public int IndexAt(long position, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return (int)(position % count);
    }
}
