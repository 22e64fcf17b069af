namespace MedR1.Imaging.Dicom;

/// <summary>A data element: its value, the fragments of packed pixels, or the items of a sequence.</summary>
internal sealed record DataElement(string Representation, ReadOnlyMemory<byte> Value)
{
    /// <summary>The offset table and the fragments behind it, where the value is packed.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>>? Fragments { get; init; }

    /// <summary>The items, where the element is a sequence that was read and not only stepped over.</summary>
    public IReadOnlyList<ElementTable>? Items { get; init; }
}
