using System.Collections;

namespace MedR1.Datasets;

/// <summary>Another data set with its pictures blanked.</summary>
internal sealed class BlankImageDataset(IVqaDataset source, byte grey) : IVqaDataset
{
    public string Name => $"{source.Name} (blank pictures)";

    public int Count => source.Count;

    public VqaExample this[int index] => Blank(source[index]);

    public IEnumerator<VqaExample> GetEnumerator() => source.Select(Blank).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private VqaExample Blank(VqaExample example) => example with
    {
        Images = [.. example.Images.Select(image => new BlankImageSource(image, grey))],
    };
}
