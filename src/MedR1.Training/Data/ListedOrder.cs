namespace MedR1.Training;

/// <summary>Explicit orders: one permutation per epoch, starting over from the first after the last.</summary>
public sealed class ListedOrder : IExampleOrder
{
    private readonly int[][] _permutations;

    /// <summary>Creates the order from permutations.</summary>
    /// <param name="permutations">A permutation of 0 … n − 1 for each epoch, all of one length.</param>
    /// <exception cref="ArgumentException">A list is not a permutation, or there is none.</exception>
    public ListedOrder(params IReadOnlyList<IReadOnlyList<int>> permutations)
    {
        ArgumentNullException.ThrowIfNull(permutations);
        _permutations = [.. permutations.Select(permutation => permutation.ToArray())];
        if (_permutations.Length == 0)
        {
            throw new ArgumentException("There is no order; give at least one.", nameof(permutations));
        }

        for (int epoch = 0; epoch < _permutations.Length; epoch++)
        {
            if (!_permutations[epoch].Order().SequenceEqual(Enumerable.Range(0, _permutations[0].Length)))
            {
                throw new ArgumentException(
                    $"The order of epoch {epoch} is not a permutation of 0 to {_permutations[0].Length - 1}: "
                    + $"{string.Join(", ", _permutations[epoch].Take(20))}.", nameof(permutations));
            }
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The number of examples differs from the length of the orders.</exception>
    public int IndexAt(long position, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        return count == _permutations[0].Length
            ? _permutations[position / count % _permutations.Length][position % count]
            : throw new ArgumentException(
                $"The orders are for {_permutations[0].Length} examples, but there are {count}.", nameof(count));
    }
}
