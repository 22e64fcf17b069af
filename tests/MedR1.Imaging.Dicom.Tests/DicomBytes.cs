using System.Buffers.Binary;
using System.Text;

namespace MedR1.Imaging.Dicom.Tests;

/// <summary>Elements as bytes in explicit little endian, to insert into a file (PS3.5, 7.1 and 7.5).</summary>
internal static class DicomBytes
{
    private const uint Undefined = 0xFFFFFFFF;

    /// <summary>An element with a short length field.</summary>
    public static byte[] Element(ushort group, ushort element, string representation, params byte[] value) =>
        [.. Tag(group, element), .. Encoding.ASCII.GetBytes(representation), .. Words(value.Length), .. value];

    /// <summary>An element of text.</summary>
    public static byte[] Text(ushort group, ushort element, string representation, string value) =>
        Element(group, element, representation, Encoding.ASCII.GetBytes(value.Length % 2 == 0 ? value : value + " "));

    /// <summary>An element with a long length field, as for overlays, tables and sequences.</summary>
    public static byte[] Long(ushort group, ushort element, string representation, params byte[] value) =>
        [.. Tag(group, element), .. Encoding.ASCII.GetBytes(representation), 0, 0, .. Length((uint)value.Length), .. value];

    /// <summary>A sequence whose length and that of its items is defined or undefined.</summary>
    public static byte[] Sequence(ushort group, ushort element, bool hasLength, params byte[][] items)
    {
        byte[] inside =
        [
            .. items.SelectMany(item => (byte[])
            [
                .. Tag(0xFFFE, 0xE000), .. Length(hasLength ? (uint)item.Length : Undefined), .. item,
                .. hasLength ? [] : End(0xE00D),
            ]),
        ];
        return hasLength
            ? Long(group, element, "SQ", inside)
            : [.. Tag(group, element), .. "SQ"u8, 0, 0, .. Length(Undefined), .. inside, .. End(0xE0DD)];
    }

    /// <summary>Two-byte numbers.</summary>
    public static byte[] Words(params int[] values) =>
        [.. values.SelectMany(value => (byte[])[(byte)value, (byte)(value >> 8)])];

    private static byte[] Tag(ushort group, ushort element) => Words(group, element);

    private static byte[] End(ushort element) => [.. Tag(0xFFFE, element), 0, 0, 0, 0];

    private static byte[] Length(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }
}
