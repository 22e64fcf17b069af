using System.Buffers.Binary;
using BitMiracle.LibTiff.Classic;

namespace MedR1.Imaging.Tiff;

/// <summary>Makes red, green, blue and alpha of a page's samples, with Pillow's arithmetic.</summary>
internal static class TiffColors
{
    public static RgbImage ToRgb(TiffPage page, ImageDecodeOptions options)
    {
        int colors = ColorsOf(page);
        ExtraSample? extra = page.SamplesPerPixel > colors ? page.ExtraSamples.FirstOrDefault(ExtraSample.UNSPECIFIED) : null;
        if (page.SamplesPerPixel < colors)
        {
            throw TiffPage.Unsupported($"{page.SamplesPerPixel} samples for a color of {colors}");
        }

        if (page.Photometric == Photometric.YCBCR && !page.IsJpeg)
        {
            throw TiffPage.Unsupported("YCbCr without JPEG");
        }

        Func<ReadOnlySpan<byte>, (byte Red, byte Green, byte Blue)> color = ColorOf(page, options);

        // Gray with one sample more has alpha, whatever that is called.
        bool hasAlpha = extra is ExtraSample.UNASSALPHA or ExtraSample.ASSOCALPHA || (extra is not null && colors == 1);
        int pixelBytes = page.SamplesPerPixel * page.BytesPerSample;
        byte[] samples = page.ReadSamples();
        byte[] rgba = GC.AllocateUninitializedArray<byte>(checked(page.Width * page.Height * 4));
        for (int pixel = 0; pixel < page.Width * page.Height; pixel++)
        {
            ReadOnlySpan<byte> from = samples.AsSpan(pixel * pixelBytes, pixelBytes);
            (byte red, byte green, byte blue) = color(from);
            byte alpha = hasAlpha ? Level(from, colors, page.BitsPerSample) : byte.MaxValue;
            if (extra == ExtraSample.ASSOCALPHA && colors == 3)
            {
                (red, green, blue) = (Divided(red, alpha), Divided(green, alpha), Divided(blue, alpha));
            }

            (rgba[pixel * 4], rgba[pixel * 4 + 1], rgba[pixel * 4 + 2], rgba[pixel * 4 + 3]) = (red, green, blue, alpha);
        }

        (int width, int height, byte[] turned) = TiffOrientation.Apply(page, rgba);
        return RgbaConversion.ToRgb(width, height, turned, hasAlpha ? options.Transparency : Transparency.Drop);
    }

    private static int ColorsOf(TiffPage page) => page.Photometric switch
    {
        Photometric.MINISWHITE or Photometric.MINISBLACK or Photometric.PALETTE => 1,
        Photometric.RGB or Photometric.YCBCR => 3,
        Photometric.SEPARATED => 4,
        _ => throw TiffPage.Unsupported($"photometric interpretation {(int)page.Photometric} ({page.Photometric})"),
    };

    private static Func<ReadOnlySpan<byte>, (byte Red, byte Green, byte Blue)> ColorOf(TiffPage page, ImageDecodeOptions options)
    {
        int bits = page.BitsPerSample;
        switch (page.Photometric)
        {
            case Photometric.PALETTE:
                short[][] palette = page.Palette;
                return from => Entry(palette, from[0] | (bits == 16 ? from[1] << 8 : 0));
            case Photometric.SEPARATED:
                return from => (Ink(from, 0, bits), Ink(from, 1, bits), Ink(from, 2, bits));
            case Photometric.RGB or Photometric.YCBCR:
                return from => (Level(from, 0, bits), Level(from, 1, bits), Level(from, 2, bits));
            case Photometric.MINISBLACK when page.IsFloat:
                return from => Gray(Clipped(BinaryPrimitives.ReadSingleLittleEndian(from)));
            default:
                byte inverted = page.Photometric == Photometric.MINISWHITE ? byte.MaxValue : (byte)0;
                Gray16Window? window = bits == 16 ? options.Gray16Window : null;
                return from => Gray((byte)((window?.Map((ushort)(from[0] | from[1] << 8)) ?? Level(from, 0, bits)) ^ inverted));
        }
    }

    private static (byte Red, byte Green, byte Blue) Gray(byte level) => (level, level, level);

    // Pillow's conversion from floating point: what lies between 0 and 255, without its fraction. What is not a number is 0.
    private static byte Clipped(float value) => value >= byte.MaxValue ? byte.MaxValue : value > 0 ? (byte)value : (byte)0;

    // Of 16 bits the upper 8, of fewer than 8 the same share of the whole range.
    private static byte Level(ReadOnlySpan<byte> pixel, int sample, int bits) =>
        bits == 16 ? pixel[sample * 2 + 1] : (byte)(pixel[sample] * (byte.MaxValue / ((1 << bits) - 1)));

    private static (byte Red, byte Green, byte Blue) Entry(short[][] palette, int index) => index < palette[0].Length
        ? ((byte)((ushort)palette[0][index] >> 8), (byte)((ushort)palette[1][index] >> 8), (byte)((ushort)palette[2][index] >> 8))
        : throw TiffPage.Unsupported($"a palette of {palette[0].Length} colors with the index {index}");

    // Pillow's conversion from CMYK, which knows no color management: what black leaves of the light, less the ink's share of it.
    private static byte Ink(ReadOnlySpan<byte> pixel, int sample, int bits)
    {
        int light = byte.MaxValue - Level(pixel, 3, bits);
        int product = Level(pixel, sample, bits) * light + 128;
        return (byte)Math.Max(0, light - ((product >> 8) + product >> 8));
    }

    private static byte Divided(byte color, byte alpha) =>
        alpha == 0 ? (byte)0 : (byte)Math.Min(byte.MaxValue, color * byte.MaxValue / alpha);
}
