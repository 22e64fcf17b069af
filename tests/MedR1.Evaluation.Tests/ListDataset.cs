using System.Collections;

namespace MedR1.Evaluation.Tests;

internal sealed class ListDataset(params IReadOnlyList<VqaExample> examples) : IVqaDataset
{
    public string Name => "list";

    public int Count => examples.Count;

    public VqaExample this[int index] => examples[index];

    public IEnumerator<VqaExample> GetEnumerator() => examples.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
