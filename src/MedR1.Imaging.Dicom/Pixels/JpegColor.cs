namespace MedR1.Imaging.Dicom;

/// <summary>The sample format that a JPEG file declares before its first scan (ITU-T T.81, annex B).</summary>
/// <param name="Bits">Bits per sample; 8 if no frame header was found, so that the decoder reports the error.</param>
/// <param name="HasFullColor">Whether it has three components, none of them subsampled relative to the others.</param>
/// <param name="SaysSpace">Whether a JFIF or an Adobe segment states the colour space.</param>
internal readonly record struct JpegColor(int Bits, bool HasFullColor, bool SaysSpace)
{
    private const byte Marker = 0xFF;
    private const byte ScanStart = 0xDA;

    // APP14 of 14 bytes: "Adobe", version 100, two words of flags, and transform 0, which means RGB.
    private static readonly byte[] s_adobeRgb =
        [Marker, 0xEE, 0, 14, (byte)'A', (byte)'d', (byte)'o', (byte)'b', (byte)'e', 0, 100, 0, 0, 0, 0, 0];

    public static JpegColor Read(ReadOnlySpan<byte> jpeg)
    {
        bool saysSpace = false;
        int at = 2;
        while (at + 4 <= jpeg.Length && jpeg[at] == Marker && jpeg[at + 1] != ScanStart)
        {
            byte kind = jpeg[at + 1];
            if (kind == Marker)
            {
                at++;
                continue;
            }

            int length = jpeg[at + 2] << 8 | jpeg[at + 3];
            if (length < 2 || at + 2 + length > jpeg.Length)
            {
                break;
            }

            ReadOnlySpan<byte> body = jpeg.Slice(at + 4, length - 2);
            saysSpace |= kind == 0xE0 && IsSegment(body, "JFIF"u8, 14) || kind == 0xEE && IsSegment(body, "Adobe"u8, 12);
            if (IsFrameHeader(kind) && body.Length >= 6)
            {
                return new JpegColor(body[0], IsFullColor(body[5..]), saysSpace);
            }

            at += 2 + length;
        }

        return new JpegColor(8, false, saysSpace);
    }

    /// <summary>
    /// The JPEG to decode. A decoder assumes that three components are YCbCr unless the JPEG says otherwise. If the DICOM file says
    /// RGB and the JPEG states no colour space, an Adobe segment that declares RGB is inserted.
    /// </summary>
    public ReadOnlyMemory<byte> WithPhotometric(ReadOnlyMemory<byte> jpeg, PixelFormat format) =>
        HasFullColor && !SaysSpace && format.Photometric == "RGB"
            ? (byte[])[.. jpeg.Span[..2], .. s_adobeRgb, .. jpeg.Span[2..]]
            : jpeg;

    // All start-of-frame markers; DHT, JPG and DAC are in the same range.
    private static bool IsFrameHeader(byte kind) => kind is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    // Decoders ignore shorter segments.
    private static bool IsSegment(ReadOnlySpan<byte> body, ReadOnlySpan<byte> name, int bytes) =>
        body.Length >= bytes && body.StartsWith(name);

    private static bool IsFullColor(ReadOnlySpan<byte> components)
    {
        if (components[0] != 3 || components.Length < 10)
        {
            return false;
        }

        // Each component consists of its id, sampling factors and quantization table.
        return components[2] == components[5] && components[5] == components[8];
    }
}
