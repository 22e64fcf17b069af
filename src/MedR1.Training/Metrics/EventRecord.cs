using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace MedR1.Training;

/// <summary>
/// Writes TensorBoard's event files: records framed as TFRecord (length, masked CRC-32C of the length, data, masked CRC-32C of the data),
/// each a protocol buffers <c>Event</c> message (tensorflow/core/util/event.proto, framework/summary.proto).
/// </summary>
internal static class EventRecord
{
    /// <summary>The first record of a file.</summary>
    public static byte[] Version(double wallTime) =>
        Frame(Event(wallTime, 0, message => WriteBytes(message, 3, "brain.Event:2"u8)));

    /// <summary>A record with scalars.</summary>
    public static byte[] Scalars(double wallTime, long step, IEnumerable<KeyValuePair<string, double>> values)
    {
        MemoryStream summary = new();
        byte[] single = new byte[4];
        foreach ((string tag, double value) in values)
        {
            MemoryStream entry = new();
            WriteBytes(entry, 1, Encoding.UTF8.GetBytes(tag));
            WriteTag(entry, 2, 5);
            BinaryPrimitives.WriteSingleLittleEndian(single, (float)value);
            entry.Write(single);
            WriteBytes(summary, 1, entry.ToArray());
        }

        return Frame(Event(wallTime, step, message => WriteBytes(message, 5, summary.ToArray())));
    }

    /// <summary>CRC-32C of the bytes, masked as TFRecord does: rotated right by 15 bits plus a constant.</summary>
    public static uint MaskedCrc(ReadOnlySpan<byte> data) => BitOperations.RotateRight(Crc32C.Of(data), 15) + 0xA282EAD8u;

    private static byte[] Event(double wallTime, long step, Action<MemoryStream> what)
    {
        MemoryStream message = new();
        WriteTag(message, 1, 1);
        Span<byte> time = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(time, wallTime);
        message.Write(time);
        WriteTag(message, 2, 0);
        WriteVarint(message, (ulong)step);
        what(message);
        return message.ToArray();
    }

    private static byte[] Frame(byte[] data)
    {
        byte[] frame = new byte[data.Length + 16];
        BinaryPrimitives.WriteUInt64LittleEndian(frame, (ulong)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(8), MaskedCrc(frame.AsSpan(0, 8)));
        data.CopyTo(frame, 12);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(12 + data.Length), MaskedCrc(data));
        return frame;
    }

    private static void WriteTag(MemoryStream stream, int field, int wireType) =>
        WriteVarint(stream, (ulong)(field << 3 | wireType));

    private static void WriteBytes(MemoryStream stream, int field, ReadOnlySpan<byte> bytes)
    {
        WriteTag(stream, field, 2);
        WriteVarint(stream, (ulong)bytes.Length);
        stream.Write(bytes);
    }

    private static void WriteVarint(MemoryStream stream, ulong value)
    {
        while (value >= 0x80)
        {
            stream.WriteByte((byte)(value | 0x80));
            value >>= 7;
        }

        stream.WriteByte((byte)value);
    }
}
