namespace MedR1.Training;

/// <summary>
/// The prompts of a run row by row, in the order of TRL's <c>RepeatSampler</c>: an epoch is cut into batches, the last partial one dropped;
/// each batch is repeated several times, and within it each prompt several times in a row.
/// </summary>
/// <remarks>
/// The trainer takes each prompt of a batch once and needs no repeats; this is the sequence that TRL's rows follow, for custom training
/// loops.
/// </remarks>
public sealed class RepeatedOrder
{
    private readonly DropLastOrder _order;
    private readonly int _count;
    private readonly int _samplesPerPrompt;
    private readonly int _batchSize;
    private readonly int _repeats;

    /// <summary>Creates the order.</summary>
    /// <param name="order">The order of the prompts, before they are cut into batches.</param>
    /// <param name="count">How many prompts there are.</param>
    /// <param name="samplesPerPrompt">How often a prompt is repeated in a row: the group size.</param>
    /// <param name="batchSize">The number of prompts per batch, that is, per rollout.</param>
    /// <param name="repeats">
    /// How often a batch is repeated before the next: micro-steps per rollout times iterations over it.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1 (below 0 for the count).</exception>
    public RepeatedOrder(IExampleOrder order, int count, int samplesPerPrompt, int batchSize, int repeats)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfLessThan(samplesPerPrompt, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(repeats, 1);
        _order = new DropLastOrder(order, batchSize);
        _count = count;
        _samplesPerPrompt = samplesPerPrompt;
        _batchSize = batchSize;
        _repeats = repeats;
    }

    /// <summary>The number of rows per epoch; 0 if there are fewer prompts than a batch needs.</summary>
    public long EpochLength => (long)_order.UsedOf(_count) * _samplesPerPrompt * _repeats;

    /// <summary>The prompts of an epoch, row by row.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    public IEnumerable<int> Epoch(long epoch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        int used = _order.UsedOf(_count);
        return Enumerable.Range(0, used).Chunk(_batchSize)
            .SelectMany(batch => Enumerable.Repeat(batch, _repeats).SelectMany(places => places))
            .Select(place => _order.IndexAt(epoch * used + place, _count))
            .SelectMany(prompt => Enumerable.Repeat(prompt, _samplesPerPrompt));
    }
}
