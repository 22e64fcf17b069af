using System.Collections;

namespace MedR1.Datasets;

/// <summary>A data set of examples in memory.</summary>
/// <remarks>
/// Safe to read from several threads at once. The data set does not check whether images exist;
/// <see cref="MissingImageExtensions.FindMissingImages"/> does.
/// </remarks>
public sealed class InMemoryDataset : IVqaDataset
{
    private readonly VqaExample[] _examples;

    /// <summary>Creates a data set from examples, in their order.</summary>
    /// <param name="name">The data set's name.</param>
    /// <param name="examples">The examples; the list is copied.</param>
    public InMemoryDataset(string name, IEnumerable<VqaExample> examples)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(examples);
        Name = name;
        _examples = [.. examples];
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => _examples.Length;

    /// <inheritdoc/>
    public VqaExample this[int index] => _examples[index];

    /// <inheritdoc/>
    public IEnumerator<VqaExample> GetEnumerator() => ((IEnumerable<VqaExample>)_examples).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
