using System.Collections;

namespace MedR1.Evaluation;

/// <summary>A source data set with each example changed when it is read.</summary>
internal sealed class AblatedDataset(string name, IVqaDataset source, Func<VqaExample, int, VqaExample> change) : IVqaDataset
{
    public string Name => name;

    public int Count => source.Count;

    public VqaExample this[int index] => change(source[index], index);

    public IEnumerator<VqaExample> GetEnumerator() => source.Select(change).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
