using System.Collections;

namespace MedR1.Datasets;

/// <summary>Some examples of a source data set, in any order.</summary>
internal sealed class SubsetDataset(string name, IVqaDataset source, int[] indices) : IVqaDataset
{
    public string Name => name;

    public int Count => indices.Length;

    public VqaExample this[int index] => source[indices[index]];

    public IEnumerator<VqaExample> GetEnumerator()
    {
        foreach (int index in indices)
        {
            yield return source[index];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
