using System.Buffers.Binary;

namespace MedR1.Imaging.Tests;

/// <summary>
/// Writes a lossless WebP (RFC 9649, section 3) with separate prefix codes for each block of 4 × 4 pixels, as many as the
/// format can number; the pixels themselves take no bits.
/// </summary>
internal sealed class WebPCodes
{
    private const int BlocksASide = 256;

    private readonly List<byte> _bytes = [];
    private int _bitCount;

    /// <summary>An image of 1024 × 1024 pixels with 65,536 groups of codes.</summary>
    public static byte[] Write()
    {
        WebPCodes data = new();
        data.Bits(0x2F, 8);
        data.Bits(4 * BlocksASide - 1, 14);
        data.Bits(4 * BlocksASide - 1, 14);

        // No alpha, version 0, no transform, no color cache.
        data.Bits(0, 1 + 3 + 1 + 1);
        data.EntropyImage();
        for (int group = 0; group < BlocksASide * BlocksASide; group++)
        {
            for (int code = 0; code < 5; code++)
            {
                data.OneSymbol();
            }
        }

        return data.File();
    }

    // The group of a block is stored in its green and red.
    private void EntropyImage()
    {
        Bits(1, 1);
        Bits(0, 3);
        Bits(0, 1);
        AllBytes(alphabet: 256 + 24);
        AllBytes(alphabet: 256);
        OneSymbol();
        OneSymbol();
        OneSymbol();
        for (int block = 0; block < BlocksASide * BlocksASide; block++)
        {
            Code(block & 255);
            Code(block >> 8);
        }
    }

    /// <summary>A simple code with only the symbol 0, which takes no bits.</summary>
    private void OneSymbol() => Bits(1, 4);

    /// <summary>A code with eight bits for each of the first 256 symbols.</summary>
    private void AllBytes(int alphabet)
    {
        // Lengths are 8 or 0, with one bit each: they are the third and the last of the first twelve in the order of the format.
        Bits(0, 1);
        Bits(12 - 4, 4);
        for (int place = 0; place < 12; place++)
        {
            Bits(place is 2 or 11 ? 1 : 0, 3);
        }

        Bits(0, 1);
        for (int symbol = 0; symbol < alphabet; symbol++)
        {
            Bits(symbol < 256 ? 1 : 0, 1);
        }
    }

    // Codes are stored from the highest bit, numbers from the lowest.
    private void Code(int symbol)
    {
        for (int bit = 7; bit >= 0; bit--)
        {
            Bits(symbol >> bit & 1, 1);
        }
    }

    private void Bits(int value, int count)
    {
        for (int bit = 0; bit < count; bit++, _bitCount++)
        {
            if (_bitCount % 8 == 0)
            {
                _bytes.Add(0);
            }

            _bytes[^1] |= (byte)((value >> bit & 1) << (_bitCount % 8));
        }
    }

    private byte[] File()
    {
        int padded = (_bytes.Count + 1) / 2 * 2;
        byte[] file = new byte[20 + padded];
        "RIFF"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), 12 + padded);
        "WEBPVP8L"u8.CopyTo(file.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(16), _bytes.Count);
        _bytes.CopyTo(file, 20);
        return file;
    }
}
