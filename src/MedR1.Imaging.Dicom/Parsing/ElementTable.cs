using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace MedR1.Imaging.Dicom;

/// <summary>A file's elements, read as typed values.</summary>
internal sealed class ElementTable(Dictionary<DicomTag, DataElement> elements, bool isBigEndian)
{
    private const int LongestText = 1024;

    public DataElement? Find(DicomTag tag) => elements.GetValueOrDefault(tag);

    /// <summary>An item of a sequence; null if it does not exist.</summary>
    public ElementTable? Item(DicomTag sequence, int place) =>
        Find(sequence)?.Items is IReadOnlyList<ElementTable> items && place < items.Count ? items[place] : null;

    /// <summary>A text without its padding; several values are separated by backslashes, as in the file.</summary>
    public string? Text(DicomTag tag)
    {
        if (Find(tag) is not DataElement element || element.Value.Length == 0)
        {
            return null;
        }

        ReadOnlySpan<byte> value = element.Value.Span;
        return Encoding.Latin1.GetString(value[..Math.Min(value.Length, LongestText)]).Trim(' ', '\0');
    }

    /// <summary>An unsigned number of two bytes.</summary>
    /// <exception cref="DicomException">The element does not exist and there is no default.</exception>
    public int Number(DicomTag tag, string name, int? defaultValue = null)
    {
        if (Find(tag) is not DataElement element || element.Value.Length < 2)
        {
            return defaultValue ?? throw new DicomException($"{name} {tag} is missing. An image needs it.");
        }

        return NumberAt(element, 0);
    }

    /// <summary>One of an element's unsigned numbers of two bytes.</summary>
    public int NumberAt(DataElement element, int place)
    {
        ReadOnlySpan<byte> value = element.Value.Span[(place * 2)..];
        return isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(value) : BinaryPrimitives.ReadUInt16LittleEndian(value);
    }

    /// <summary>The first decimal number of an element; null if there is none.</summary>
    /// <exception cref="DicomException">The text is not a finite number.</exception>
    public double? Decimal(DicomTag tag, string name)
    {
        string? first = Text(tag)?.Split('\\')[0].Trim();
        if (string.IsNullOrEmpty(first))
        {
            return null;
        }

        return double.TryParse(first, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            && double.IsFinite(value)
            ? value
            : throw new DicomException($"{name} {tag} is '{first}', but a decimal number was expected.");
    }
}
