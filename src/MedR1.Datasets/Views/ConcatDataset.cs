using System.Collections;

namespace MedR1.Datasets;

/// <summary>Several data sets, one after another.</summary>
/// <remarks>Safe to read from several threads at once.</remarks>
public sealed class ConcatDataset : IVqaDataset
{
    private readonly IVqaDataset[] _parts;
    private readonly int[] _starts;

    /// <summary>Joins data sets; their examples are not copied.</summary>
    /// <param name="parts">The data sets in order, at least one.</param>
    /// <exception cref="ArgumentException">There is no data set.</exception>
    public ConcatDataset(params IEnumerable<IVqaDataset> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        _parts = [.. parts];
        if (_parts.Length == 0)
        {
            throw new ArgumentException("There are no data sets to join: give at least one.", nameof(parts));
        }

        _starts = new int[_parts.Length];
        for (int i = 0; i < _parts.Length; i++)
        {
            ArgumentNullException.ThrowIfNull(_parts[i], nameof(parts));
            _starts[i] = Count;
            Count = checked(Count + _parts[i].Count);
        }

        Name = string.Join(" + ", _parts.Select(part => part.Name));
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public VqaExample this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            int part = _parts.Length - 1;
            while (_starts[part] > index)
            {
                part--;
            }

            return _parts[part][index - _starts[part]];
        }
    }

    /// <inheritdoc/>
    public IEnumerator<VqaExample> GetEnumerator() => _parts.SelectMany(part => part).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
