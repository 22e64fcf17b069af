using System.Buffers.Binary;
using System.Text;

namespace MedR1.Imaging;

/// <summary>
/// Reduces a PNG file to the chunks that its pixels depend on (header, palette, transparency and pixels), arranged so that libpng
/// decodes them as Pillow does. A file that libpng already decodes like Pillow is left unchanged.
/// </summary>
/// <remarks>
/// While it decodes, libpng keeps texts, color profiles and suggested palettes in memory, decompressed: a malicious file of 7 MB
/// can take 7 GB. Unlike Pillow, it rejects unknown critical chunks, maps indices past the palette's end to its last color instead
/// of black, and ignores a tRNS chunk that precedes the palette or has more entries.
/// </remarks>
internal sealed class PngEssentials
{
    private const int BitsAt = 24;
    private const int ColorTypeAt = 25;
    private const byte Gray = 0;
    private const byte Color = 2;
    private const byte Palette = 3;

    private byte[]? _palette;
    private byte[]? _transparency;

    // The start of the first IDAT chunk and the end of the last one; 0 if there is none.
    private int _dataStart;
    private int _dataEnd;

    // Whether the file is truncated before the end of its pixels.
    private bool _isCut;

    // Whether libpng decodes the unchanged file as Pillow does, without keeping other chunks in memory.
    private bool _isPlain = true;

    /// <summary>The reduced file, or the given memory if no reduction is needed.</summary>
    /// <exception cref="ImageFormatException">
    /// A chunk before the pixels has a wrong checksum, an invalid type, or fewer bytes than its type requires; the IDAT chunks are
    /// not consecutive; or the palette of palette indices is missing.
    /// </exception>
    public static ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> encoded)
    {
        PngEssentials parts = new();
        parts.Read(encoded.Span);
        parts.Arrange(encoded.Span);
        return parts._isPlain ? encoded : parts.Write(encoded);
    }

    private void Read(ReadOnlySpan<byte> encoded)
    {
        PngChunkCursor chunk = new(encoded);
        while (chunk.MoveNext())
        {
            if (chunk.Type.SequenceEqual("IDAT"u8))
            {
                ReadData(chunk);
            }
            else if (chunk.Type.SequenceEqual("IEND"u8))
            {
                return;
            }
            else if (_dataStart == 0)
            {
                ReadHead(chunk, encoded[ColorTypeAt]);
            }
            else
            {
                _isPlain &= IsHarmless(chunk.Type);
            }
        }

        KeepRemainder(chunk.End, encoded.Length);
    }

    // Keeps the partial pixels of a truncated file, so that the decoder reports them as incomplete.
    private void KeepRemainder(int start, int end)
    {
        if (_dataStart == 0 || _dataEnd == start)
        {
            _isCut = true;
            _dataStart = _dataStart == 0 ? start : _dataStart;
            _dataEnd = end;
        }
    }

    // Pillow stops at the first other chunk; IDAT chunks after it indicate damage that libpng would not report.
    private void ReadData(PngChunkCursor chunk)
    {
        if (_dataStart > 0 && chunk.Position != _dataEnd)
        {
            throw HeaderBytes.Broken(
                ImageFormat.Png, $"the pixels continue at byte {chunk.Position}, after other chunks");
        }

        _dataStart = _dataStart == 0 ? chunk.Position : _dataStart;
        _dataEnd = chunk.End;
    }

    private void ReadHead(PngChunkCursor chunk, byte colorType)
    {
        chunk.RequireType();
        chunk.RequireCheckSum();
        RequireLength(chunk);
        if (chunk.Type.SequenceEqual("PLTE"u8) && colorType == Palette)
        {
            _isPlain &= _palette is null;
            _palette = chunk.Content.ToArray();
        }
        else if (chunk.Type.SequenceEqual("tRNS"u8) && colorType is Gray or Color or Palette)
        {
            _isPlain &= _transparency is null && (colorType != Palette || _palette is not null);
            _transparency = chunk.Content.ToArray();
        }
        else
        {
            _isPlain &= chunk.Type.SequenceEqual("IHDR"u8) || IsHarmless(chunk.Type);
        }
    }

    // An ancillary chunk (lower-case first letter) that libpng reads or skips with little memory and that no pixel depends on.
    private static bool IsHarmless(ReadOnlySpan<byte> type) =>
        char.IsAsciiLetterLower((char)type[0]) && char.IsAsciiLetter((char)type[1])
        && char.IsAsciiLetter((char)type[2]) && char.IsAsciiLetter((char)type[3])
        && !type.SequenceEqual("zTXt"u8) && !type.SequenceEqual("iTXt"u8) && !type.SequenceEqual("tEXt"u8)
        && !type.SequenceEqual("iCCP"u8) && !type.SequenceEqual("sPLT"u8) && !type.SequenceEqual("tRNS"u8);

    // Pillow rejects files in which one of these ancillary chunks is too short.
    private static void RequireLength(PngChunkCursor chunk)
    {
        string type = Encoding.ASCII.GetString(chunk.Type);
        int wanted = type switch { "cHRM" => 32, "pHYs" => 9, "gAMA" => 4, "sRGB" => 1, _ => 0 };
        if (chunk.Content.Length < wanted)
        {
            throw HeaderBytes.Broken(
                ImageFormat.Png, $"its {type} chunk has {chunk.Content.Length} bytes instead of {wanted}");
        }
    }

    // Resizes palette and transparency to the sizes that libpng accepts.
    private void Arrange(ReadOnlySpan<byte> encoded)
    {
        int colors = 1 << encoded[BitsAt];
        switch (encoded[ColorTypeAt])
        {
            case Palette when _palette is null && _isCut:
                break;
            case Palette when _palette is null:
                throw HeaderBytes.Broken(ImageFormat.Png, "its pixels are palette indices, but it has no palette (PLTE)");
            case Palette:
                int transparent = _transparency?.Length ?? 0;
                _isPlain &= _palette.Length == colors * 3 && transparent <= colors;
                Array.Resize(ref _palette, colors * 3);
                Array.Resize(ref _transparency, Math.Min(transparent, colors));
                break;
            case Gray or Color when _transparency is not null:
                int wanted = encoded[ColorTypeAt] == Gray ? 2 : 6;
                if (_transparency.Length < wanted)
                {
                    throw HeaderBytes.Broken(
                        ImageFormat.Png, $"its color key (tRNS) has {_transparency.Length} bytes instead of {wanted}");
                }

                _isPlain &= _transparency.Length == wanted;
                Array.Resize(ref _transparency, wanted);
                break;
        }
    }

    private ReadOnlyMemory<byte> Write(ReadOnlyMemory<byte> encoded)
    {
        MemoryStream file = new(encoded.Length + IndexedPixels.TableEntries * 4);
        file.Write(encoded.Span[..PngHeader.ByteCount]);
        WriteChunk(file, "PLTE"u8, _palette);
        WriteChunk(file, "tRNS"u8, _transparency);
        file.Write(encoded.Span[_dataStart.._dataEnd]);
        WriteChunk(file, "IEND"u8, _isCut ? null : []);
        return file.GetBuffer().AsMemory(0, (int)file.Length);
    }

    private static void WriteChunk(MemoryStream file, ReadOnlySpan<byte> type, byte[]? content)
    {
        bool isLeftOut = content is null || (content.Length == 0 && !type.SequenceEqual("IEND"u8));
        if (isLeftOut)
        {
            return;
        }

        byte[] chunk = new byte[content!.Length + 12];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        type.CopyTo(chunk.AsSpan(4));
        content.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(
            chunk.AsSpan(8 + content.Length), Crc32.Compute(chunk.AsSpan(4, 4 + content.Length)));
        file.Write(chunk);
    }
}
