namespace MedR1.Training;

/// <summary>
/// Drops the examples left over at the end of an epoch, so that no batch spans two epochs, as TRL's <c>RepeatSampler</c> does. Without it,
/// positions continue past the end of an epoch, and no prompt is left out.
/// </summary>
/// <param name="order">The order to cut into batches.</param>
/// <param name="batchSize">The number of prompts per batch, that is, per rollout.</param>
public sealed class DropLastOrder(IExampleOrder order, int batchSize) : IExampleOrder
{
    private readonly IExampleOrder _order = order ?? throw new ArgumentNullException(nameof(order));

    private readonly int _batchSize = batchSize > 0 ? batchSize : throw new ArgumentOutOfRangeException(
        nameof(batchSize), batchSize, "A batch needs at least 1 prompt.");

    /// <summary>The number of examples that an epoch uses.</summary>
    /// <param name="count">How many examples there are.</param>
    public int UsedOf(int count) => count / _batchSize * _batchSize;

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer examples than a batch needs.</exception>
    public int IndexAt(long position, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        int used = UsedOf(count);
        if (used == 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(count), count,
                $"There are fewer examples than the {_batchSize} of a batch, so every epoch would be empty. Use smaller "
                + "batches, or an order that continues across the end of an epoch.");
        }

        return _order.IndexAt(position / used * count + position % used, count);
    }
}
