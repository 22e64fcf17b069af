namespace MedR1.Imaging.Dicom;

/// <summary>Reads the data elements of a file up to its pixels (PS3.5, chapter 7).</summary>
internal static class DataSetParser
{
    private const uint Undefined = 0xFFFFFFFF;
    private const int DeepestSequence = 32;

    // Sequences whose items are needed; other sequences of known length are skipped.
    private static readonly HashSet<DicomTag> s_sequences =
    [
        DicomTag.SharedFunctionalGroups, DicomTag.PerFrameFunctionalGroups, DicomTag.FrameVoiLut,
        DicomTag.PixelValueTransformation, DicomTag.ModalityLutSequence, DicomTag.VoiLutSequence,
    ];

    /// <summary>Elements by tag, from the cursor's position to the pixels or the end.</summary>
    /// <param name="cursor">The position to read from.</param>
    /// <param name="isExplicit">Whether elements state their value representation.</param>
    /// <param name="goesOn">Whether an element with this tag still belongs to the data set.</param>
    /// <exception cref="DicomException">The bytes are not valid elements.</exception>
    public static Dictionary<DicomTag, DataElement> Parse(ByteCursor cursor, bool isExplicit, Func<DicomTag, bool> goesOn) =>
        ReadElements(cursor, isExplicit, goesOn, depth: 0);

    private static Dictionary<DicomTag, DataElement> ReadElements(
        ByteCursor cursor, bool isExplicit, Func<DicomTag, bool> goesOn, int depth)
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

            (string representation, uint length) = ElementHead.Read(cursor, tag, isExplicit);
            elements[tag] = ReadElement(cursor, tag, representation, length, isExplicit, depth);
            if (tag == DicomTag.PixelData && depth == 0)
            {
                break;
            }
        }

        return elements;
    }

    private static DataElement ReadElement(
        ByteCursor cursor, DicomTag tag, string representation, uint length, bool isExplicit, int depth)
    {
        // A sequence with an unknown value representation is in implicit little endian, whatever the transfer syntax (PS3.5, 6.2.2,
        // and CP-246 for undefined lengths).
        bool isUnknown = representation == ElementHead.Unknown;
        bool itemsAreExplicit = isExplicit && !isUnknown;
        bool itemsAreBigEndian = cursor.IsBigEndian && !isUnknown;
        if (length != Undefined)
        {
            ReadOnlyMemory<byte> value = cursor.Take(length);
            return new DataElement(representation, value)
            {
                Items = s_sequences.Contains(tag)
                    ? ReadItems(new ByteCursor(value, 0, itemsAreBigEndian), itemsAreExplicit, depth + 1, isWhole: true)
                    : null,
            };
        }

        if (tag == DicomTag.PixelData)
        {
            return new DataElement(representation, default) { Fragments = ReadFragments(cursor) };
        }

        ByteCursor inside = new(cursor.Bytes, cursor.Position, itemsAreBigEndian);
        List<ElementTable> items = ReadItems(inside, itemsAreExplicit, depth + 1, isWhole: false);
        cursor.MoveTo(inside.Position);
        return new DataElement(representation, default) { Items = items };
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
                throw new DicomException($"The pixels contain {tag} where a fragment was expected. The file is damaged.");
            }

            fragments.Add(cursor.Take(length));
        }
    }

    // A sequence of undefined length ends with a delimiter; others end with the cursor's bytes.
    private static List<ElementTable> ReadItems(ByteCursor cursor, bool isExplicit, int depth, bool isWhole)
    {
        if (depth > DeepestSequence)
        {
            throw new DicomException($"Sequences are nested deeper than {DeepestSequence}. The file is damaged.");
        }

        List<ElementTable> items = [];
        while (!isWhole || !cursor.IsAtEnd)
        {
            DicomTag tag = cursor.ReadTag();
            uint length = cursor.ReadUInt32();
            if (tag == DicomTag.SequenceEnd)
            {
                break;
            }

            if (tag != DicomTag.Item)
            {
                throw new DicomException($"A sequence contains {tag} where an item was expected. The file is damaged.");
            }

            ByteCursor inside = length == Undefined ? cursor : new ByteCursor(cursor.Take(length), 0, cursor.IsBigEndian);
            Dictionary<DicomTag, DataElement> elements = ReadElements(
                inside, isExplicit, element => element != DicomTag.ItemEnd, depth);
            items.Add(new ElementTable(elements, cursor.IsBigEndian));
            if (length == Undefined)
            {
                // The item's end delimiter.
                cursor.Take(8);
            }
        }

        return items;
    }
}
