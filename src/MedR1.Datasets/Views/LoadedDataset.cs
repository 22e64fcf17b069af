using System.Collections;

namespace MedR1.Datasets;

/// <summary>Examples read from disk, with a count of the images that were missing.</summary>
/// <remarks>Safe to read from several threads at once. Images are not opened until they are read.</remarks>
public abstract class LoadedDataset : IVqaDataset
{
    private readonly VqaExample[] _examples;

    private protected LoadedDataset(string name, IEnumerable<VqaExample> examples, MissingImages missingImages)
    {
        Name = name;
        _examples = [.. examples];
        MissingImages = missingImages;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => _examples.Length;

    /// <summary>The images that were not on disk.</summary>
    public MissingImages MissingImages { get; }

    /// <inheritdoc/>
    public VqaExample this[int index] => _examples[index];

    /// <inheritdoc/>
    public IEnumerator<VqaExample> GetEnumerator() => ((IEnumerable<VqaExample>)_examples).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
