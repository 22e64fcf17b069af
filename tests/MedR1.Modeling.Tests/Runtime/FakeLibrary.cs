using System.Buffers.Binary;
using System.Text;

namespace MedR1.Modeling.Tests.Runtime;

/// <summary>
/// Creates a small ELF file with what a version check reads, the function <c>aoti_torch_abi_version</c>, and nothing
/// that could be loaded.
/// </summary>
internal static class FakeLibrary
{
    private const int Dynamic = 0x100;
    private const int Hash = 0x200;
    private const int Symbols = 0x300;
    private const int Strings = 0x400;
    private const int Code = 0x500;
    private const int Length = 0x600;

    public static byte[] OfVersion(byte major, byte minor, string function = "aoti_torch_abi_version")
    {
        byte[] file = new byte[Length];
        "\u007fELF\u0002\u0001\u0001"u8.CopyTo(file);
        Put16(file, 16, 3);
        Put16(file, 18, 62);
        Put64(file, 32, 64);
        Put16(file, 54, 56);
        Put16(file, 56, 2);

        // Program headers: all of the file at address 0; the dynamic section.
        Segment(file, 64, 1, 0, Length);
        Segment(file, 64 + 56, 2, Dynamic, 64);

        (ulong Tag, ulong Value)[] tags = [(0x6ffffef5, Hash), (6, Symbols), (5, Strings), (0, 0)];
        for (int index = 0; index < tags.Length; index++)
        {
            Put64(file, Dynamic + (16 * index), tags[index].Tag);
            Put64(file, Dynamic + (16 * index) + 8, tags[index].Value);
        }

        // Hash table: one bucket, symbols from 1, one word of filter; the lowest bit ends the chain.
        uint hash = function.Aggregate(5381u, (value, letter) => (value * 33) + letter);
        Put32(file, Hash, 1);
        Put32(file, Hash + 4, 1);
        Put32(file, Hash + 8, 1);
        Put32(file, Hash + 24, 1);
        Put32(file, Hash + 28, hash | 1);

        Put32(file, Symbols + 24, 1);
        Put64(file, Symbols + 24 + 8, Code);
        Encoding.ASCII.GetBytes(function).CopyTo(file, Strings + 1);

        byte[] code = [0xf3, 0x0f, 0x1e, 0xfa, 0x48, 0xb8, 0, 0, 0, 0, 0, 0, minor, major, 0xc3];
        code.CopyTo(file, Code);
        return file;
    }

    private static void Segment(byte[] file, int at, uint type, ulong offset, ulong size)
    {
        Put32(file, at, type);
        Put64(file, at + 8, offset);
        Put64(file, at + 16, offset);
        Put64(file, at + 32, size);
        Put64(file, at + 40, size);
    }

    private static void Put16(byte[] file, int at, ushort value) =>
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), value);

    private static void Put32(byte[] file, int at, uint value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at), value);

    private static void Put64(byte[] file, int at, ulong value) =>
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(at), value);
}
