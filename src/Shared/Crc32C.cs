using System.Buffers.Binary;
using System.Numerics;

namespace MedR1;

/// <summary>The checksum CRC-32C (Castagnoli), which processors compute at memory speed.</summary>
internal struct Crc32C()
{
    private uint _state = uint.MaxValue;

    /// <summary>The checksum of all bytes appended so far.</summary>
    public readonly uint Value => ~_state;

    /// <summary>Computes the checksum of bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        Crc32C checksum = new();
        checksum.Append(bytes);
        return checksum.Value;
    }

    /// <summary>Adds bytes to the checksum.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        uint state = _state;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (byte value in bytes)
        {
            state = BitOperations.Crc32C(state, value);
        }

        _state = state;
    }
}
