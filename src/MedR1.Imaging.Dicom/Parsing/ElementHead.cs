using System.Text;

namespace MedR1.Imaging.Dicom;

/// <summary>Reads an element's value representation and length (PS3.5, 7.1).</summary>
internal static class ElementHead
{
    /// <summary>The value representation of elements unknown to the program that wrote them.</summary>
    public const string Unknown = "UN";

    // Characters that some programs write for an unknown value representation, followed by the short form of the length.
    private const string Blanks = " \0?-";

    private static readonly HashSet<string> s_long =
        ["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"];

    private static readonly HashSet<string> s_short =
        ["AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "PN", "SH", "SL", "SS", "ST", "TM", "UI",
            "UL", "US"];

    /// <exception cref="DicomException">The value representation is invalid.</exception>
    public static (string Representation, uint Length) Read(ByteCursor cursor, DicomTag tag, bool isExplicit)
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

        return s_short.Contains(representation) || representation.All(Blanks.Contains)
            ? (representation, cursor.ReadUInt16())
            : throw new DicomException(
                $"Element {tag} before byte {cursor.Position} has no known value representation. The file is damaged, or "
                + "its actual transfer syntax differs from the declared one.");
    }
}
