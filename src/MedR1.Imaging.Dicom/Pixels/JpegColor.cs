namespace MedR1.Imaging.Dicom;

/// <summary>The sample format in the frame header of a JPEG file (ITU-T T.81, annex B.2.2).</summary>
/// <param name="Bits">Bits per sample; 8 if no frame header was found, so that the decoder reports the error.</param>
/// <param name="HasFullColor">Whether it has three components, none of them subsampled relative to the others.</param>
internal readonly record struct JpegColor(int Bits, bool HasFullColor)
{
    // The length takes two bytes, the size four; each component has an id, sampling factors and a quantization table.
    private const int BitsAt = 2;
    private const int ComponentsAt = 7;
    private const int ThreeComponentsEnd = ComponentsAt + 1 + 3 * 3;

    // APP14 of 14 bytes: "Adobe", version 100, two words of flags, and transform 0, which means RGB.
    private static readonly byte[] s_adobeRgb =
        [0xFF, 0xEE, 0, 14, (byte)'A', (byte)'d', (byte)'o', (byte)'b', (byte)'e', 0, 100, 0, 0, 0, 0, 0];

    public static JpegColor Read(ReadOnlySpan<byte> jpeg)
    {
        JpegFrameHeader header = JpegFrameHeader.Find(jpeg);
        if (header.Start == 0)
        {
            return new JpegColor(8, false);
        }

        ReadOnlySpan<byte> frame = jpeg[header.Start..];
        bool hasFullColor = frame[ComponentsAt] == 3 && frame.Length >= ThreeComponentsEnd
            && frame[ComponentsAt + 2] == frame[ComponentsAt + 5] && frame[ComponentsAt + 5] == frame[ComponentsAt + 8];
        return new JpegColor(frame[BitsAt], hasFullColor);
    }

    /// <summary>
    /// The JPEG to decode. A decoder assumes that three components are YCbCr unless the JPEG says otherwise. If the DICOM file says
    /// RGB, an Adobe segment that declares RGB is inserted at the start, where a JFIF or Adobe segment of the JPEG itself overrules
    /// it.
    /// </summary>
    public ReadOnlyMemory<byte> WithPhotometric(ReadOnlyMemory<byte> jpeg, PixelFormat format) =>
        HasFullColor && format.Photometric == "RGB"
            ? (byte[])[.. jpeg.Span[..2], .. s_adobeRgb, .. jpeg.Span[2..]]
            : jpeg;
}
