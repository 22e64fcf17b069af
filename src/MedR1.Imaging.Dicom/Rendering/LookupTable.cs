namespace MedR1.Imaging.Dicom;

/// <summary>A lookup table from a Modality LUT or VOI LUT sequence (PS3.3, C.11.1 and C.11.2).</summary>
internal sealed class LookupTable
{
    private const int MostEntries = 65_536;
    private readonly int[] _values;
    private readonly int _first;

    private LookupTable(int[] values, int first, int bits)
    {
        _values = values;
        _first = first;
        Highest = (1 << bits) - 1;
    }

    /// <summary>The highest value that the table's bits can represent.</summary>
    public int Highest { get; }

    /// <summary>The first table of a sequence; null if there is none.</summary>
    /// <param name="table">The elements that contain the sequence.</param>
    /// <param name="sequence">The sequence's tag.</param>
    /// <param name="isSigned">Whether the image's values, and thus the first value that the table maps, are signed.</param>
    /// <exception cref="DicomException">The table is broken.</exception>
    public static LookupTable? Find(ElementTable table, DicomTag sequence, bool isSigned)
    {
        if (table.Item(sequence, 0) is not ElementTable item)
        {
            return null;
        }

        if (item.Find(DicomTag.LutDescriptor) is not { Value.Length: >= 6 } head
            || item.Find(DicomTag.LutData) is not DataElement body)
        {
            throw new DicomException(
                $"The lookup table in {sequence} lacks its descriptor or its data. The file is damaged.");
        }

        int count = item.NumberAt(head, 0) is > 0 and int announced ? announced : MostEntries;
        int first = isSigned || head.Representation == "SS" ? (short)item.NumberAt(head, 1) : item.NumberAt(head, 1);
        int bits = item.NumberAt(head, 2);
        bool isInWords = body.Value.Length >= count * 2;
        if (bits is < 8 or > 16 || (!isInWords && (bits > 8 || body.Value.Length < count)))
        {
            throw new DicomException(
                $"The lookup table in {sequence} has {body.Value.Length} bytes for {count} entries of {bits} bits; 8 to 16 "
                + "are supported. The file is damaged.");
        }

        int[] values = new int[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = isInWords ? item.NumberAt(body, i) : body.Value.Span[i];
        }

        return new LookupTable(values, first, bits);
    }

    /// <summary>The entry for a value; values outside the table are clamped to its ends.</summary>
    public int this[double value] => _values[(int)Math.Clamp(Math.Round(value) - _first, 0, _values.Length - 1)];
}
