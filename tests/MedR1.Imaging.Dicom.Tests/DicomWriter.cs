using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace MedR1.Imaging.Dicom.Tests;

/// <summary>Writes DICOM files in every supported transfer syntax, following the standard (PS3.5, PS3.10).</summary>
internal sealed class DicomWriter
{
    public const string ImplicitLittle = "1.2.840.10008.1.2";
    public const string ExplicitLittle = "1.2.840.10008.1.2.1";
    public const string Deflated = "1.2.840.10008.1.2.1.99";
    public const string ExplicitBig = "1.2.840.10008.1.2.2";
    public const string RunLength = "1.2.840.10008.1.2.5";
    public const string Jpeg = "1.2.840.10008.1.2.4.50";

    private readonly SortedDictionary<(ushort, ushort), (string Representation, byte[] Value)> _elements = [];
    private readonly bool _isBig;

    public DicomWriter(string transferSyntax, int width, int height, int bits = 8, string photometric = "MONOCHROME2")
    {
        TransferSyntax = transferSyntax;
        _isBig = transferSyntax == ExplicitBig;
        Text(0x0008, 0x0060, "CS", "CT");
        Number(0x0028, 0x0002, photometric == "RGB" || photometric.StartsWith("YBR", StringComparison.Ordinal) ? 3 : 1);
        Text(0x0028, 0x0004, "CS", photometric);
        Number(0x0028, 0x0010, height);
        Number(0x0028, 0x0011, width);
        Number(0x0028, 0x0100, bits > 8 ? 16 : 8);
        Number(0x0028, 0x0101, bits);
        Number(0x0028, 0x0102, bits - 1);
        Number(0x0028, 0x0103, 0);
    }

    public string TransferSyntax { get; }

    /// <summary>Bytes of elements to insert before the pixels, such as a sequence.</summary>
    public byte[] Raw { get; set; } = [];

    /// <summary>Values in memory order, with 16 bits each if the file has 16.</summary>
    public ushort[] Samples { get; set; } = [];

    /// <summary>Fragments of compressed pixels instead, preceded by the offset table.</summary>
    public byte[][]? Fragments { get; set; }

    public DicomWriter Text(ushort group, ushort element, string representation, string value)
    {
        byte[] text = Encoding.Latin1.GetBytes(value.Length % 2 == 0 ? value : value + (representation == "UI" ? "\0" : " "));
        _elements[(group, element)] = (representation, text);
        return this;
    }

    public DicomWriter Number(ushort group, ushort element, params int[] values)
    {
        _elements[(group, element)] = ("US", [.. values.SelectMany(value => Bytes((ushort)value))]);
        return this;
    }

    public DicomWriter Without(ushort group, ushort element)
    {
        _elements.Remove((group, element));
        return this;
    }

    public byte[] Write()
    {
        MemoryStream file = new();
        file.Write(new byte[128]);
        file.Write("DICM"u8);
        WriteElement(file, 0x0002, 0x0010, "UI", Encoding.ASCII.GetBytes(
            TransferSyntax.Length % 2 == 0 ? TransferSyntax : TransferSyntax + "\0"), isBig: false, isExplicit: true);
        MemoryStream body = TransferSyntax == Deflated ? new MemoryStream() : file;
        foreach (((ushort group, ushort element), (string representation, byte[] value)) in _elements)
        {
            WriteElement(body, group, element, representation, value, _isBig, TransferSyntax != ImplicitLittle);
        }

        body.Write(Raw);
        WritePixels(body);
        if (TransferSyntax == Deflated)
        {
            using DeflateStream deflate = new(file, CompressionLevel.Optimal, leaveOpen: true);
            body.WriteTo(deflate);
        }

        return file.ToArray();
    }

    /// <summary>A run-length encoded frame: literal runs for even segments, repeats where bytes repeat for odd ones.</summary>
    public static byte[] Pack(params byte[][] segments)
    {
        MemoryStream body = new();
        byte[] head = new byte[64];
        BinaryPrimitives.WriteInt32LittleEndian(head, segments.Length);
        for (int i = 0; i < segments.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(4 + i * 4), 64 + (int)body.Length);
            PackSegment(body, segments[i], repeats: i % 2 == 1);
        }

        return [.. head, .. body.ToArray()];
    }

    private static void PackSegment(MemoryStream body, byte[] segment, bool repeats)
    {
        for (int at = 0; at < segment.Length;)
        {
            int run = 1;
            while (repeats && at + run < segment.Length && run < 128 && segment[at + run] == segment[at])
            {
                run++;
            }

            if (run > 1)
            {
                body.WriteByte((byte)(1 - run));
                body.WriteByte(segment[at]);
                at += run;
            }
            else
            {
                int literal = Math.Min(repeats ? 1 : 128, segment.Length - at);
                body.WriteByte((byte)(literal - 1));
                body.Write(segment, at, literal);
                at += literal;
            }
        }

        if (body.Length % 2 == 1)
        {
            // -128 does nothing: padding that some writers use.
            body.WriteByte(0x80);
        }
    }

    private void WritePixels(MemoryStream body)
    {
        bool isExplicit = TransferSyntax != ImplicitLittle;
        if (Fragments is null)
        {
            bool isWide = _elements[(0x0028, 0x0100)].Value.Contains((byte)16);
            byte[] pixels = isWide ? [.. Samples.SelectMany(Bytes)] : [.. Samples.Select(sample => (byte)sample)];
            byte[] padded = pixels.Length % 2 == 0 ? pixels : [.. pixels, 0];
            WriteElement(body, 0x7FE0, 0x0010, isWide ? "OW" : "OB", padded, _isBig, isExplicit);
            return;
        }

        body.Write([0xE0, 0x7F, 0x10, 0x00, (byte)'O', (byte)'B', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]);
        foreach (byte[] fragment in Fragments)
        {
            body.Write([0xFE, 0xFF, 0x00, 0xE0]);
            body.Write(BitConverter.GetBytes(fragment.Length + fragment.Length % 2));
            body.Write(fragment.Length % 2 == 0 ? fragment : [.. fragment, 0]);
        }

        body.Write([0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]);
    }

    private static void WriteElement(
        MemoryStream file, ushort group, ushort element, string representation, byte[] value, bool isBig, bool isExplicit)
    {
        file.Write(Bytes(group, isBig));
        file.Write(Bytes(element, isBig));
        if (isExplicit)
        {
            file.Write(Encoding.ASCII.GetBytes(representation));
            if (representation is "US" or "CS" or "UI" or "DS" or "IS")
            {
                file.Write(Bytes((ushort)value.Length, isBig));
                file.Write(value);
                return;
            }

            file.Write([0, 0]);
        }

        byte[] length = BitConverter.GetBytes(value.Length);
        file.Write(isBig ? [.. length.Reverse()] : length);
        file.Write(value);
    }

    private byte[] Bytes(ushort value) => Bytes(value, _isBig);

    private static byte[] Bytes(ushort value, bool isBig) =>
        isBig ? [(byte)(value >> 8), (byte)value] : [(byte)value, (byte)(value >> 8)];
}
