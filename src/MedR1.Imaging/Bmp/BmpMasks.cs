namespace MedR1.Imaging;

/// <summary>The bits of each color in a pixel, which is read as a little-endian number.</summary>
/// <param name="Red">The bits of red.</param>
/// <param name="Green">The bits of green.</param>
/// <param name="Blue">The bits of blue.</param>
/// <param name="Alpha">The bits of alpha; 0 if there is none.</param>
internal readonly record struct BmpMasks(uint Red, uint Green, uint Blue, uint Alpha)
{
    /// <summary>16 bits per pixel, with five for each color.</summary>
    public static readonly BmpMasks FiveBits = new(0x7C00, 0x3E0, 0x1F, 0);

    /// <summary>16 bits per pixel, with six for green and five for red and blue.</summary>
    public static readonly BmpMasks SixBitGreen = new(0xF800, 0x7E0, 0x1F, 0);

    /// <summary>24 bits per pixel, or 32 bits of which the upper eight are unused.</summary>
    public static readonly BmpMasks Bytes = new(0xFF0000, 0xFF00, 0xFF, 0);

    private static readonly BmpMasks s_bytesAndAlpha = Bytes with { Alpha = 0xFF000000 };

    // The masks that Pillow supports (BmpImagePlugin, SUPPORTED); it rejects all others.
    private static readonly BmpMasks[] s_of32Bits =
    [
        Bytes,
        s_bytesAndAlpha,
        new(0xFF000000, 0xFF0000, 0xFF00, 0),
        new(0xFF000000, 0xFF0000, 0xFF00, 0xFF),
        new(0xFF000000, 0xFF00, 0xFF, 0),
        new(0xFF000000, 0xFF00, 0xFF, 0xFF0000),
        new(0xFF, 0xFF00, 0xFF0000, 0xFF000000),
    ];

    /// <summary>The default masks of a pixel size, for files without masks.</summary>
    public static BmpMasks Default(int bitsPerPixel) => bitsPerPixel == 16 ? FiveBits : Bytes;

    /// <summary>The masks to use for the masks in a file; null if they are unsupported.</summary>
    public static BmpMasks? Supported(int bitsPerPixel, BmpMasks given) => bitsPerPixel switch
    {
        // Alpha is used only with 32 bits per pixel.
        16 when given with { Alpha = 0 } == FiveBits => FiveBits,
        16 when given with { Alpha = 0 } == SixBitGreen => SixBitGreen,
        24 when given with { Alpha = 0 } == Bytes => Bytes,
        32 when given == default => s_bytesAndAlpha,
        32 when s_of32Bits.Contains(given) => given,
        _ => null,
    };
}
