namespace MedR1.Training;

/// <summary>
/// Every example once per epoch, in an order that depends only on the seed and the epoch.
/// </summary>
/// <param name="seed">The seed of the orders.</param>
public sealed class ShuffledOrder(long seed) : IExampleOrder
{
    private int[] _permutation = [];
    private long _epoch = -1;

    /// <inheritdoc/>
    public int IndexAt(long position, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        long epoch = position / count;
        if (epoch != _epoch || _permutation.Length != count)
        {
            _permutation = SeedMixer.Permutation(count, SeedMixer.Mix(seed, epoch, stream: 1));
            _epoch = epoch;
        }

        return _permutation[position % count];
    }
}
