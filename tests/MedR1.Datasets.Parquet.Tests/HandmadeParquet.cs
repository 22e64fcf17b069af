using System.Buffers.Binary;
using System.Text;

namespace MedR1.Datasets.Parquet.Tests;

/// <summary>
/// A file with one text column and a footer as a test wants it; all row groups refer to the same pages, so that it stays small.
/// </summary>
internal sealed class HandmadeParquet
{
    private const byte Int32 = 5;
    private const byte Int64 = 6;
    private const byte Binary = 8;
    private const byte List = 9;
    private const byte Structure = 12;
    private const int ByteArrayType = 6;

    /// <summary>The name of the column.</summary>
    public string Name { get; init; } = "question";

    /// <summary>The number of values and rows that the footer claims for each row group.</summary>
    public required int Values { get; init; }

    /// <summary>The number of row groups.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>The size of the dictionary page at the start of the pages, including its header; 0 if there is none.</summary>
    public int DictionaryBytes { get; init; }

    /// <summary>Creates a file around uncompressed pages.</summary>
    public byte[] Write(byte[] pages)
    {
        byte[] footer = Footer(pages.Length);
        byte[] length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, footer.Length);
        return [.. "PAR1"u8, .. pages, .. footer, .. length, .. "PAR1"u8];
    }

    /// <summary>Encodes a page that repeats the first text: the length shared with the previous value, and the rest of each.</summary>
    public static byte[] Repeated(string text, int count) =>
    [
        .. Deltas([0, .. Enumerable.Repeat(text.Length, count - 1)]),
        .. Deltas([text.Length, .. Enumerable.Repeat(0, count - 1)]),
        .. Encoding.ASCII.GetBytes(text),
    ];

    // In blocks of 128 values in four parts; a part has 64 bits per value unless all are 0.
    private static byte[] Deltas(int[] values)
    {
        List<byte> bytes = [.. Varint(128), .. Varint(4), .. Varint((ulong)values.Length), .. Varint((ulong)values[0] * 2)];
        for (int block = 1; block < values.Length; block += 128)
        {
            long[][] parts = [.. Enumerable.Range(0, 4).Select(part => Enumerable.Range(block + part * 32, 32)
                .Select(i => i < values.Length ? (long)values[i] - values[i - 1] : 0).ToArray())];
            bytes.Add(0);
            bytes.AddRange(parts.Select(part => part.All(one => one == 0) ? (byte)0 : (byte)64));
            bytes.AddRange(parts.Where(part => part.Any(one => one != 0)).SelectMany(part => part.SelectMany(BitConverter.GetBytes)));
        }

        return [.. bytes];
    }

    // The field numbers are those of parquet.thrift; each is written as the difference from the previous one.
    private byte[] Footer(int pageBytes)
    {
        byte[] root = [.. Field(4, Binary), .. Text("schema"), .. Field(1, Int32), .. Number(1), 0];
        byte[] column =
        [
            .. Field(1, Int32), .. Number(ByteArrayType), .. Field(2, Int32), .. Number(0), .. Field(1, Binary), .. Text(Name),
            .. Field(2, Int32), .. Number(0), 0,
        ];
        byte[] start = DictionaryBytes > 0
            ? [.. Field(2, Int64), .. Number(4 + DictionaryBytes), .. Field(2, Int64), .. Number(4)]
            : [.. Field(2, Int64), .. Number(4)];
        byte[] chunk =
        [
            .. Field(1, Int32), .. Number(ByteArrayType), .. Field(1, List), 0x05, .. Field(1, List), 0x18, .. Text(Name),
            .. Field(1, Int32), .. Number(0), .. Field(1, Int64), .. Number(Values), .. Field(1, Int64), .. Number(pageBytes),
            .. Field(1, Int64), .. Number(pageBytes), .. start, 0,
        ];
        byte[] group =
        [
            .. Field(1, List), 0x1C, .. Field(2, Int64), .. Number(4), .. Field(1, Structure), .. chunk, 0,
            .. Field(1, Int64), .. Number(pageBytes), .. Field(1, Int64), .. Number(Values), 0,
        ];
        return
        [
            .. Field(1, Int32), .. Number(1), .. Field(1, List), 0x2C, .. root, .. column,
            .. Field(1, Int64), .. Number((long)Values * Groups), .. Field(1, List), 0xFC, .. Varint((ulong)Groups),
            .. Enumerable.Repeat(group, Groups).SelectMany(one => one), 0,
        ];
    }

    private static byte[] Field(int distance, byte type) => [(byte)(distance << 4 | type)];

    private static byte[] Number(long value) => Varint((ulong)value * 2);

    private static byte[] Text(string text) => [.. Varint((ulong)text.Length), .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Varint(ulong value)
    {
        List<byte> bytes = [];
        for (; value >= 128; value >>= 7)
        {
            bytes.Add((byte)(value & 127 | 128));
        }

        return [.. bytes, (byte)value];
    }
}
