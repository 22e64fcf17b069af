namespace MedR1.Imaging.Dicom;

/// <summary>A data element: its value, or the fragments of packed pixels.</summary>
internal sealed record DataElement(string Representation, ReadOnlyMemory<byte> Value)
{
    /// <summary>The offset table and the fragments behind it, where the value is packed.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>>? Fragments { get; init; }
}
