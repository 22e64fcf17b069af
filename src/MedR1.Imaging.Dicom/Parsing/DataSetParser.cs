using System.Text;

namespace MedR1.Imaging.Dicom;

/// <summary>Reads the data elements of a file up to its pixels (PS3.5, chapter 7). Sequences are stepped over.</summary>
internal static class DataSetParser
{
    private const uint Undefined = 0xFFFFFFFF;
    private const int DeepestSequence = 32;
    private const string Unknown = "UN";

    private static readonly HashSet<string> s_long =
        ["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"];

    private static readonly HashSet<string> s_short =
        ["AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "PN", "SH", "SL", "SS", "ST", "TM", "UI",
            "UL", "US"];

    /// <summary>Elements by their names, from the cursor's place to the pixels or the end.</summary>
    /// <param name="cursor">Where to read.</param>
    /// <param name="isExplicit">Whether elements say their representation.</param>
    /// <param name="goesOn">Whether an element of this name still belongs to the data set.</param>
    /// <exception cref="DicomException">The bytes make no elements.</exception>
    public static Dictionary<DicomTag, DataElement> Parse(ByteCursor cursor, bool isExplicit, Func<DicomTag, bool> goesOn)
    {
        Dictionary<DicomTag, DataElement> elements = [];
        while (!cursor.IsAtEnd)
        {
            DicomTag tag = cursor.ReadTag();
            if (!goesOn(tag))
            {
                cursor.Back(4);
                break;
            }

            (string representation, uint length) = ReadHead(cursor, tag, isExplicit);
            if (tag == DicomTag.PixelData && length == Undefined)
            {
                elements[tag] = new DataElement(representation, default) { Fragments = ReadFragments(cursor) };
                break;
            }

            if (length == Undefined)
            {
                SkipSequence(cursor, isExplicit && representation != Unknown, 0);
                continue;
            }

            elements[tag] = new DataElement(representation, cursor.Take(length));
            if (tag == DicomTag.PixelData)
            {
                break;
            }
        }

        return elements;
    }

    private static (string Representation, uint Length) ReadHead(ByteCursor cursor, DicomTag tag, bool isExplicit)
    {
        if (!isExplicit || tag.Group == DicomTag.Item.Group)
        {
            return ("", cursor.ReadUInt32());
        }

        string representation = Encoding.ASCII.GetString(cursor.Take(2).Span);
        if (s_long.Contains(representation))
        {
            cursor.Take(2);
            return (representation, cursor.ReadUInt32());
        }

        return s_short.Contains(representation)
            ? (representation, cursor.ReadUInt16())
            : throw new DicomException(
                $"Element {tag} before byte {cursor.Position} has no known value representation. The file is damaged, or "
                + "its transfer syntax is not the one that it names.");
    }

    private static List<ReadOnlyMemory<byte>> ReadFragments(ByteCursor cursor)
    {
        List<ReadOnlyMemory<byte>> fragments = [];
        while (true)
        {
            DicomTag tag = cursor.ReadTag();
            uint length = cursor.ReadUInt32();
            if (tag == DicomTag.SequenceEnd)
            {
                return fragments;
            }

            if (tag != DicomTag.Item || length == Undefined)
            {
                throw new DicomException($"The packed pixels hold {tag} where a fragment was expected. The file is damaged.");
            }

            fragments.Add(cursor.Take(length));
        }
    }

    // A sequence of undefined length ends with a mark; so do its items of undefined length, and theirs.
    private static void SkipSequence(ByteCursor cursor, bool isExplicit, int depth)
    {
        if (depth > DeepestSequence)
        {
            throw new DicomException($"Sequences are nested deeper than {DeepestSequence}. The file is damaged.");
        }

        while (true)
        {
            DicomTag tag = cursor.ReadTag();
            uint length = cursor.ReadUInt32();
            if (tag == DicomTag.SequenceEnd)
            {
                return;
            }

            if (tag != DicomTag.Item)
            {
                throw new DicomException($"A sequence holds {tag} where an item was expected. The file is damaged.");
            }

            if (length == Undefined)
            {
                SkipItem(cursor, isExplicit, depth);
            }
            else
            {
                cursor.Take(length);
            }
        }
    }

    private static void SkipItem(ByteCursor cursor, bool isExplicit, int depth)
    {
        while (true)
        {
            DicomTag tag = cursor.ReadTag();
            (string representation, uint length) = ReadHead(cursor, tag, isExplicit);
            if (tag == DicomTag.ItemEnd)
            {
                return;
            }

            if (length == Undefined)
            {
                SkipSequence(cursor, isExplicit && representation != Unknown, depth + 1);
            }
            else
            {
                cursor.Take(length);
            }
        }
    }
}
