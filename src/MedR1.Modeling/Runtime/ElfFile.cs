using System.Buffers.Binary;
using System.Text;

using Microsoft.Win32.SafeHandles;

namespace MedR1.Modeling;

/// <summary>
/// Reads what the dynamic loader reads from a 64-bit little-endian ELF library (System V ABI, chapters 4 and 5): the
/// dynamic section, version requirements and dynamic symbols, located by program headers so that stripped files work.
/// </summary>
internal sealed class ElfFile : IDisposable
{
    private const ushort MachineX64 = 62;
    private const uint SegmentLoad = 1;
    private const uint SegmentDynamic = 2;
    private const long TagStringTable = 5;
    private const long TagSymbolTable = 6;
    private const long TagGnuHash = 0x6ffffef5;
    private const long TagVersionSymbols = 0x6ffffff0;
    private const long TagVersionNeed = 0x6ffffffe;
    private const long TagVersionNeedCount = 0x6fffffff;
    private const int SymbolSize = 24;

    private readonly SafeFileHandle _file;
    private readonly string _path;
    private readonly List<(ulong Address, ulong Offset, ulong Size)> _segments = [];
    private readonly Dictionary<long, ulong> _dynamic = [];

    /// <summary>Opens a library and reads its headers.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file is not an ELF library for x86-64, or is damaged.</exception>
    public ElfFile(string path)
    {
        _path = path;
        _file = File.OpenHandle(path);
        try
        {
            ReadHeaders();
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Returns the symbol versions that this library requires of other libraries.</summary>
    public IEnumerable<ElfVersionNeed> VersionNeeds()
    {
        if (!_dynamic.TryGetValue(TagVersionNeed, out ulong address))
        {
            yield break;
        }

        long entry = FileOffset(address);
        ulong count = _dynamic.GetValueOrDefault(TagVersionNeedCount);
        for (ulong index = 0; index < count; index++)
        {
            int versions = ReadUInt16(entry + 2);
            string library = DynamicString(ReadUInt32(entry + 4));
            long version = entry + ReadUInt32(entry + 8);
            for (int k = 0; k < versions; k++)
            {
                string name = DynamicString(ReadUInt32(version + 8));
                int symbolVersion = ReadUInt16(version + 6) & 0x7fff;
                yield return new ElfVersionNeed(library, name, symbolVersion, FlagsOffset: version + 4);
                version += ReadUInt32(version + 12);
            }

            entry += ReadUInt32(entry + 12);
        }
    }

    /// <summary>Returns the names of the undefined symbols with a given required version.</summary>
    /// <param name="need">An element of <see cref="VersionNeeds"/>.</param>
    public IEnumerable<string> UndefinedSymbols(ElfVersionNeed need)
    {
        long symbols = FileOffset(_dynamic.GetValueOrDefault(TagSymbolTable));
        long versions = FileOffset(_dynamic.GetValueOrDefault(TagVersionSymbols));

        // The hash table contains defined symbols only; its second word is the index of the first.
        uint firstDefined = ReadUInt32(FileOffset(_dynamic.GetValueOrDefault(TagGnuHash)) + 4);
        for (uint index = 1; index < firstDefined; index++)
        {
            if ((ReadUInt16(versions + (2 * index)) & 0x7fff) == need.SymbolVersion)
            {
                yield return DynamicString(ReadUInt32(symbols + (SymbolSize * index)));
            }
        }
    }

    /// <summary>Returns the first bytes of an exported function.</summary>
    /// <param name="name">Name of the symbol.</param>
    /// <param name="length">The number of bytes.</param>
    /// <returns>The bytes, or <see langword="null"/> if the library exports no such symbol.</returns>
    public byte[]? FunctionBytes(string name, int length)
    {
        long hash = FileOffset(_dynamic.GetValueOrDefault(TagGnuHash));
        long symbols = FileOffset(_dynamic.GetValueOrDefault(TagSymbolTable));
        uint bucketCount = ReadUInt32(hash);
        uint firstDefined = ReadUInt32(hash + 4);
        long buckets = hash + 16 + (8L * ReadUInt32(hash + 8));
        long chains = buckets + (4L * bucketCount);
        uint wanted = GnuHash(name);
        uint index = bucketCount == 0 ? 0 : ReadUInt32(buckets + (4L * (wanted % bucketCount)));
        if (index < firstDefined)
        {
            return null;
        }

        while (true)
        {
            uint candidate = ReadUInt32(chains + (4L * (index - firstDefined)));
            long symbol = symbols + (SymbolSize * (long)index);
            if ((candidate | 1) == (wanted | 1) && DynamicString(ReadUInt32(symbol)) == name)
            {
                return Read(FileOffset(ReadUInt64(symbol + 8)), length);
            }

            if ((candidate & 1) == 1)
            {
                return null;
            }

            index++;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static uint GnuHash(string name)
    {
        uint hash = 5381;
        foreach (char letter in name)
        {
            hash = (hash * 33) + letter;
        }

        return hash;
    }

    private void ReadHeaders()
    {
        byte[] header = Read(0, 64);
        if (!header.AsSpan(0, 4).SequenceEqual("\u007fELF"u8))
        {
            throw new InvalidDataException(
                $"'{_path}' is not an ELF library: it starts with {Convert.ToHexString(header, 0, 4)}.");
        }

        ushort machine = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(18));
        if (header[4] != 2 || header[5] != 1 || machine != MachineX64)
        {
            throw new InvalidDataException(
                $"'{_path}' is not for x86-64: ELF class {header[4]}, byte order {header[5]}, machine {machine}.");
        }

        long programHeaders = (long)BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(32));
        int size = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(54));
        int count = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(56));
        for (int index = 0; index < count; index++)
        {
            long entry = programHeaders + ((long)index * size);
            ulong offset = ReadUInt64(entry + 8);
            switch (ReadUInt32(entry))
            {
                case SegmentLoad:
                    _segments.Add((ReadUInt64(entry + 16), offset, ReadUInt64(entry + 32)));
                    break;
                case SegmentDynamic:
                    ReadDynamic((long)offset, (long)ReadUInt64(entry + 32));
                    break;
            }
        }

        if (_dynamic.Count == 0)
        {
            throw new InvalidDataException($"'{_path}' has no dynamic section: it is not a shared library.");
        }
    }

    private void ReadDynamic(long offset, long size)
    {
        for (long entry = offset; entry < offset + size; entry += 16)
        {
            long tag = (long)ReadUInt64(entry);
            if (tag == 0)
            {
                return;
            }

            _dynamic.TryAdd(tag, ReadUInt64(entry + 8));
        }
    }

    private long FileOffset(ulong address)
    {
        foreach ((ulong start, ulong offset, ulong size) in _segments)
        {
            if (address >= start && address - start < size)
            {
                return (long)(address - start + offset);
            }
        }

        throw new InvalidDataException($"'{_path}' is damaged: no segment contains the address 0x{address:x}.");
    }

    private string DynamicString(uint index)
    {
        long offset = FileOffset(_dynamic.GetValueOrDefault(TagStringTable)) + index;
        List<byte> bytes = [];
        Span<byte> piece = stackalloc byte[128];
        while (true)
        {
            int count = RandomAccess.Read(_file, piece, offset + bytes.Count);
            int end = piece[..count].IndexOf((byte)0);
            bytes.AddRange(piece[..(end < 0 ? count : end)]);
            if (end >= 0)
            {
                return Encoding.UTF8.GetString([.. bytes]);
            }

            if (count == 0)
            {
                throw Truncated(offset);
            }
        }
    }

    private ushort ReadUInt16(long offset) => BinaryPrimitives.ReadUInt16LittleEndian(Read(offset, 2));

    private uint ReadUInt32(long offset) => BinaryPrimitives.ReadUInt32LittleEndian(Read(offset, 4));

    private ulong ReadUInt64(long offset) => BinaryPrimitives.ReadUInt64LittleEndian(Read(offset, 8));

    private byte[] Read(long offset, int length)
    {
        byte[] bytes = new byte[length];
        if (offset < 0)
        {
            throw Truncated(offset);
        }

        int done = 0;
        while (done < length)
        {
            int count = RandomAccess.Read(_file, bytes.AsSpan(done), offset + done);
            if (count == 0)
            {
                throw Truncated(offset);
            }

            done += count;
        }

        return bytes;
    }

    private InvalidDataException Truncated(long offset) =>
        new($"'{_path}' is damaged or truncated: "
            + $"it has {RandomAccess.GetLength(_file)} bytes, but byte {offset} is needed.");
}
