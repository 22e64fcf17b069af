namespace MedR1.Imaging;

/// <summary>Decompresses the palette indices of a GIF frame (LZW with growing codes, GIF89a specification, appendix F).</summary>
internal sealed class GifIndices
{
    private const int MostCodeBits = 12;
    private const int MostCodes = 1 << MostCodeBits;

    // A code stands for the indices of an earlier code (its link) and one more index; codes below the clear code stand for one
    // index.
    private readonly byte[] _lasts = new byte[MostCodes];
    private readonly ushort[] _links = new ushort[MostCodes];
    private readonly byte[] _reversed = new byte[MostCodes];

    /// <summary>All indices of the frame, in the order of the file.</summary>
    /// <exception cref="ImageFormatException">The data is damaged or ends before the last pixel.</exception>
    public static byte[] Decode(ReadOnlySpan<byte> encoded, GifHeader header)
    {
        HeaderBytes.Require(encoded, header.DataStart + 1L, "GIF");
        int indexBits = encoded[header.DataStart];
        if (indexBits >= MostCodeBits)
        {
            throw HeaderBytes.Broken(
                ImageFormat.Gif, $"its codes start with {indexBits} bits, expected at most {MostCodeBits - 1}");
        }

        byte[] indices = new byte[checked(header.Frame.Width * header.Frame.Height)];
        int count = new GifIndices().Decode(new GifCodes(encoded, header.DataStart + 1), indexBits, indices);
        return count == indices.Length
            ? indices
            : throw HeaderBytes.Broken(
                ImageFormat.Gif,
                $"its data is damaged or ends after {count} of {header.Frame.Width} x {header.Frame.Height} pixels");
    }

    // Returns the number of indices until the first impossible code, the end code, or the end of the blocks.
    private int Decode(GifCodes codes, int indexBits, Span<byte> indices)
    {
        int clear = 1 << indexBits;
        int end = clear + 1;
        int next = clear + 2;
        int codeBits = indexBits + 1;
        int previous = -1;
        int count = 0;
        while (count < indices.Length && codes.Read(codeBits) is int code && code != end)
        {
            if (code == clear)
            {
                (next, codeBits, previous) = (clear + 2, indexBits + 1, -1);
                continue;
            }

            // The first code must stand for one index, and later codes must already be defined or be the next one.
            if (code > (previous < 0 ? clear : next))
            {
                break;
            }

            byte first = Expand(code == next && previous >= 0 ? previous : code, clear, out int length);
            Write(length, indices, ref count);
            if (code == next && previous >= 0 && count < indices.Length)
            {
                indices[count++] = first;
            }

            if (previous >= 0 && next < MostCodes)
            {
                (_lasts[next], _links[next]) = (first, (ushort)previous);
                next++;
                codeBits += next == 1 << codeBits && codeBits < MostCodeBits ? 1 : 0;
            }

            previous = code;
        }

        return count;
    }

    // Follows the links from a code's last index to its first one, and returns the first.
    private byte Expand(int code, int clear, out int length)
    {
        length = 0;
        while (code >= clear)
        {
            _reversed[length++] = _lasts[code];
            code = _links[code];
        }

        _reversed[length++] = (byte)code;
        return (byte)code;
    }

    private void Write(int length, Span<byte> indices, ref int count)
    {
        for (int i = length - 1; i >= 0 && count < indices.Length; i--)
        {
            indices[count++] = _reversed[i];
        }
    }
}
