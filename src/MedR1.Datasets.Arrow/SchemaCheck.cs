using System.Buffers.Binary;

namespace MedR1.Datasets.Arrow;

/// <summary>
/// Looks at a stream's schema before a reader believes it: Apache.Arrow allocates as many children as a field claims, and
/// follows them however deep they go.
/// </summary>
internal static class SchemaCheck
{
    private const int Continuation = -1;
    private const int MostFields = 4096;
    private const int Deepest = 16;
    private const int MessageHeader = 2;
    private const int SchemaFields = 1;
    private const int FieldChildren = 5;
    private const byte SchemaType = 1;

    /// <exception cref="InvalidDataException">The stream does not start with a schema, or with a damaged one.</exception>
    public static void Check(ReadOnlySpan<byte> stream)
    {
        int at = stream.Length >= 8 && BinaryPrimitives.ReadInt32LittleEndian(stream) == Continuation ? 4 : 0;
        int length = stream.Length >= at + 4 ? BinaryPrimitives.ReadInt32LittleEndian(stream[at..]) : 0;
        if (length <= 0 || length > stream.Length - at - 4)
        {
            throw new InvalidDataException("it does not start with a schema.");
        }

        FlatTable message = FlatTable.Root(stream.Slice(at + 4, length));
        if (message.Byte(MessageHeader - 1) != SchemaType)
        {
            throw new InvalidDataException("its first message is no schema.");
        }

        int left = MostFields;
        CheckChildren(message.Table(MessageHeader), SchemaFields, 0, ref left);
    }

    private static void CheckChildren(FlatTable parent, int field, int depth, ref int left)
    {
        int count = parent.Count(field);
        left -= count;
        if (left < 0 || depth > Deepest)
        {
            throw new InvalidDataException($"its schema claims more than {MostFields} fields, or {Deepest} in each other.");
        }

        for (int i = 0; i < count; i++)
        {
            CheckChildren(parent.Entry(field, i), FieldChildren, depth + 1, ref left);
        }
    }
}
