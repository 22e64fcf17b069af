using System.Buffers.Binary;

namespace MedR1.Imaging.Dicom;

/// <summary>
/// Finds where a file's data set begins and how it is encoded: from its meta information (PS3.10, 7.1) or, without any, from the
/// form of its first element.
/// </summary>
internal sealed record FileHead(int DataStart, TransferSyntax Syntax)
{
    private const int PreambleBytes = 128;
    private const int HeadBytes = 8;

    /// <exception cref="DicomException">The file is not a DICOM file, or is of an unsupported kind.</exception>
    public static FileHead Read(ReadOnlyMemory<byte> file)
    {
        bool hasPreamble = file.Length >= PreambleBytes + 4 && file.Span.Slice(PreambleBytes, 4).SequenceEqual("DICM"u8);
        bool hasMeta = hasPreamble || (file.Length > HeadBytes && file.Span[..2].SequenceEqual((ReadOnlySpan<byte>)[2, 0]));
        if (!hasMeta)
        {
            return new FileHead(0, Guess(file.Span) ?? throw new DicomException(
                "Not a DICOM file: it has no 'DICM' at byte 128, and does not begin with an element of group 0002 or "
                + "0008."));
        }

        ByteCursor cursor = new(file, hasPreamble ? PreambleBytes + 4 : 0, isBigEndian: false);
        ElementTable meta = new(DataSetParser.Parse(cursor, isExplicit: true, tag => tag.Group == 2), isBigEndian: false);
        ReadOnlySpan<byte> data = file.Span[cursor.Position..];
        TransferSyntax syntax = meta.Text(DicomTag.TransferSyntaxUid) is string uid
            ? TransferSyntax.Find(uid)
            : Guess(data) ?? throw new DicomException(
                "Transfer Syntax UID (0002,0010) is missing, and the data set does not begin with an element of group 0008, "
                + "so the file can't be read.");

        // Some programs declare an explicit syntax and write an implicit one.
        bool isImplicit = syntax is { IsExplicit: true, IsDeflated: false, IsBigEndian: false }
            && data.Length >= HeadBytes && !IsExplicit(data) && Guess(data) is { IsExplicit: false };
        return new FileHead(cursor.Position, isImplicit ? syntax with { IsExplicit = false } : syntax);
    }

    // Data sets begin with group 0008; a length beyond the file's end is invalid.
    private static TransferSyntax? Guess(ReadOnlySpan<byte> data)
    {
        if (data.Length < HeadBytes)
        {
            return null;
        }

        bool isLittle = data[0] == 8 && data[1] == 0;
        bool isBig = data[0] == 0 && data[1] == 8;
        if (IsExplicit(data))
        {
            return isLittle ? TransferSyntax.ExplicitLittle : isBig ? TransferSyntax.ExplicitBig : null;
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(data[4..]);
        return isLittle && length <= data.Length ? TransferSyntax.ImplicitLittle : null;
    }

    private static bool IsExplicit(ReadOnlySpan<byte> data) =>
        char.IsAsciiLetterUpper((char)data[4]) && char.IsAsciiLetterUpper((char)data[5]);
}
