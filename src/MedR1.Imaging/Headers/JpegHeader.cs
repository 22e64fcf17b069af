namespace MedR1.Imaging;

/// <summary>Reads the frame header (SOF) of a JPEG file (ITU-T T.81, annex B).</summary>
internal static class JpegHeader
{
    public static ImageHeader Read(ReadOnlySpan<byte> encoded)
    {
        JpegFrameHeader frame = JpegFrameHeader.Find(encoded);
        if (frame.Problem is not null)
        {
            throw HeaderBytes.Broken(ImageFormat.Jpeg, frame.Problem);
        }

        HeaderBytes.Require(encoded, frame.BytesNeeded, "JPEG");
        (int width, int height) = frame.Size(encoded);
        return HeaderBytes.Sized(
            ImageFormat.Jpeg,
            width,
            height,
            bitsPerSample: encoded[frame.Start + 2],
            channels: encoded[frame.Start + 7]);
    }
}
