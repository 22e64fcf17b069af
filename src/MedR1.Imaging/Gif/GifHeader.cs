using System.Buffers.Binary;

namespace MedR1.Imaging;

/// <summary>Reads a GIF file (GIF89a specification) up to the pixels of its first frame.</summary>
/// <param name="Width">Columns of the screen, enlarged if the first frame extends past it.</param>
/// <param name="Height">Rows of the screen, likewise.</param>
/// <param name="BitsPerIndex">Bits of a palette index.</param>
/// <param name="TransparentIndex">The transparent index of the first frame, or null.</param>
/// <param name="Palette">The range of the first frame's palette in the file; empty if there is none.</param>
/// <param name="GlobalPalette">
/// The range of the screen's palette, which equals <paramref name="Palette"/> if the frame has no palette.
/// </param>
/// <param name="Frame">The position of the first frame on the screen.</param>
/// <param name="DataStart">The offset of the frame's data in the file: the minimum code size, followed by blocks of codes.</param>
internal sealed record GifHeader(
    int Width,
    int Height,
    int BitsPerIndex,
    int? TransparentIndex,
    Range Palette,
    Range GlobalPalette,
    GifFrame Frame,
    int DataStart)
{
    private const int ScreenBytes = 13;
    private const byte Extension = (byte)'!';
    private const byte ImageDescriptor = (byte)',';
    private const byte Trailer = (byte)';';
    private const byte GraphicControl = 0xF9;
    private const byte InterlaceFlag = 0x40;

    public static GifHeader Read(ReadOnlySpan<byte> encoded)
    {
        HeaderBytes.Require(encoded, ScreenBytes, "GIF");
        int position = ScreenBytes;
        (Range palette, int bits) = ReadPalette(encoded, encoded[10], ref position) ?? (0..0, 8);
        int? transparent = null;
        while (true)
        {
            HeaderBytes.Require(encoded, position + 1L, "GIF");
            byte block = encoded[position++];
            if (block == Extension)
            {
                transparent = ReadExtension(encoded, ref position) ?? transparent;
            }
            else if (block == ImageDescriptor)
            {
                return ReadFrame(encoded, position, palette, bits, transparent);
            }
            else if (block == Trailer)
            {
                throw HeaderBytes.Broken(ImageFormat.Gif, $"it ends at byte {position - 1}, before its first frame");
            }

            // Pillow skips any other byte.
        }
    }

    public ImageHeader ToImageHeader() => new(ImageFormat.Gif, Width, Height, BitsPerIndex, Channels: 1);

    private static GifHeader ReadFrame(
        ReadOnlySpan<byte> encoded, int position, Range globalPalette, int globalBits, int? transparent)
    {
        HeaderBytes.Require(encoded, position + 9L, "GIF");
        ReadOnlySpan<byte> descriptor = encoded[position..];
        byte flags = descriptor[8];
        GifFrame frame = new(
            ReadUInt16(descriptor), ReadUInt16(descriptor[2..]), ReadUInt16(descriptor[4..]), ReadUInt16(descriptor[6..]),
            (flags & InterlaceFlag) != 0);
        HeaderBytes.RequireSize(ImageFormat.Gif, frame.Width, frame.Height);
        (int screenWidth, int screenHeight) = ImageSizeFields.OfGifScreen(encoded);
        int width = Math.Max(screenWidth, frame.Left + frame.Width);
        int height = Math.Max(screenHeight, frame.Top + frame.Height);
        int dataStart = position + 9;
        (Range palette, int bits) = ReadPalette(encoded, flags, ref dataStart) ?? (globalPalette, globalBits);
        return new GifHeader(width, height, bits, transparent, palette, globalPalette, frame, dataStart);
    }

    private static (Range Palette, int Bits)? ReadPalette(ReadOnlySpan<byte> encoded, byte flags, ref int position)
    {
        if ((flags & 0x80) == 0)
        {
            return null;
        }

        int bits = (flags & 7) + 1;
        int start = position;
        position += 3 << bits;
        HeaderBytes.Require(encoded, position, "GIF");
        return (start..position, bits);
    }

    // Returns the transparent index of a graphic control extension, and skips the extension's blocks.
    private static int? ReadExtension(ReadOnlySpan<byte> encoded, ref int position)
    {
        HeaderBytes.Require(encoded, position + 2L, "GIF");
        bool isControl = encoded[position++] == GraphicControl;
        int? transparent = null;
        for (bool first = true; ; first = false)
        {
            HeaderBytes.Require(encoded, position + 1L, "GIF");
            int length = encoded[position++];
            if (length == 0)
            {
                return transparent;
            }

            HeaderBytes.Require(encoded, position + (long)length, "GIF");
            if (isControl && first && length >= 4 && (encoded[position] & 1) == 1)
            {
                transparent = encoded[position + 3];
            }

            position += length;
        }
    }

    private static int ReadUInt16(ReadOnlySpan<byte> data) => BinaryPrimitives.ReadUInt16LittleEndian(data);
}
