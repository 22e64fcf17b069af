using System.Buffers.Binary;

namespace MedR1.Datasets.Arrow;

/// <summary>
/// Checks a stream's messages before the reader trusts them, because Apache.Arrow allocates as many children, nodes and view
/// buffers as a message claims, and follows children to any depth.
/// </summary>
internal static class StreamCheck
{
    private const int Continuation = -1;
    private const int MostFields = 4096;
    private const int Deepest = 16;

    // Indices of fields in Arrow's Message.fbs and Schema.fbs.
    private const int HeaderType = 1;
    private const int Header = 2;
    private const int BodyLength = 3;
    private const int SchemaFields = 1;
    private const int FieldChildren = 5;
    private const int BatchNodes = 1;
    private const int BatchBuffers = 2;
    private const int BatchViewBuffers = 4;
    private const int DictionaryData = 1;
    private const int NodeBytes = 16;
    private const int CountBytes = 8;

    /// <exception cref="InvalidDataException">A message is damaged, or extends past the stream.</exception>
    public static void Check(ReadOnlySpan<byte> stream)
    {
        long at = 0;
        for (int index = 0; NextLength(stream, ref at) is int length && length > 0; index++)
        {
            if (length > stream.Length - at)
            {
                throw new InvalidDataException("it ends in the middle of a message.");
            }

            FlatTable message = FlatTable.Root(stream.Slice((int)at, length));
            CheckMessage(message, isFirst: index == 0);
            long body = message.Int64(BodyLength);
            at += length;
            if (body < 0 || body > stream.Length - at)
            {
                throw new InvalidDataException("it ends in the middle of a batch.");
            }

            at += body;
        }
    }

    // The stream ends with a length of 0 or at the end of the data. Old streams have no continuation marker.
    private static int NextLength(ReadOnlySpan<byte> stream, ref long at)
    {
        int length = Take(stream, ref at);
        return length == Continuation ? Take(stream, ref at) : length;
    }

    private static int Take(ReadOnlySpan<byte> stream, ref long at)
    {
        if (at > stream.Length - 4)
        {
            return 0;
        }

        at += 4;
        return BinaryPrimitives.ReadInt32LittleEndian(stream[(int)(at - 4)..]);
    }

    private static void CheckMessage(FlatTable message, bool isFirst)
    {
        switch (message.Byte(HeaderType))
        {
            case 1:
                int left = MostFields;
                CheckChildren(message.Table(Header), SchemaFields, 0, ref left);
                return;
            case 2 when !isFirst:
                CheckBatch(message.Table(Header).Table(DictionaryData));
                return;
            case 3 when !isFirst:
                CheckBatch(message.Table(Header));
                return;
            default:
                throw new InvalidDataException("a message is neither a schema nor a batch.");
        }
    }

    private static void CheckChildren(FlatTable parent, int field, int depth, ref int left)
    {
        int count = parent.Count(field);
        left -= count;
        if (left < 0 || depth > Deepest)
        {
            throw new InvalidDataException($"its schema declares more than {MostFields} fields, or more than {Deepest} levels.");
        }

        for (int i = 0; i < count; i++)
        {
            CheckChildren(parent.Entry(field, i), FieldChildren, depth + 1, ref left);
        }
    }

    private static void CheckBatch(FlatTable batch)
    {
        batch.Count(BatchNodes, NodeBytes);
        int buffers = batch.Count(BatchBuffers, NodeBytes);
        int left = buffers;
        for (int view = 0; view < batch.Count(BatchViewBuffers, CountBytes); view++)
        {
            long claimed = batch.Int64Entry(BatchViewBuffers, view);
            if (claimed < 0 || claimed > left)
            {
                throw new InvalidDataException(
                    $"a view column declares {claimed} buffers, but its batch has only {left} of {buffers} left.");
            }

            left -= (int)claimed;
        }
    }
}
