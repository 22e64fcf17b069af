namespace MedR1.Imaging.Dicom;

/// <summary>A data element: its value, the fragments of encapsulated pixels, or the items of a sequence.</summary>
internal sealed record DataElement(string Representation, ReadOnlyMemory<byte> Value)
{
    /// <summary>The offset table and the fragments after it, if the value is encapsulated.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>>? Fragments { get; init; }

    /// <summary>The items, if the element is a sequence that was read rather than skipped.</summary>
    public IReadOnlyList<ElementTable>? Items { get; init; }
}
