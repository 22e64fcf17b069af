using System.Collections;

namespace MedR1.Datasets;

/// <summary>The examples of a source data set, each changed when it is read.</summary>
internal sealed class MappedDataset(string name, IVqaDataset source, Func<int, VqaExample, VqaExample> change) : IVqaDataset
{
    public string Name => name;

    public int Count => source.Count;

    public VqaExample this[int index] => change(index, source[index]);

    public IEnumerator<VqaExample> GetEnumerator() =>
        source.Select((example, index) => change(index, example)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
