namespace MedR1.Imaging.Dicom;

/// <summary>The format of a file's pixels, checked before anything is allocated for them (PS3.3, C.7.6.3).</summary>
internal sealed record PixelFormat
{
    private const int MostFrames = 1 << 20;

    public required int Rows { get; init; }

    public required int Columns { get; init; }

    public required int Frames { get; init; }

    public required int Samples { get; init; }

    public required int BitsAllocated { get; init; }

    public required int BitsStored { get; init; }

    public required int HighBit { get; init; }

    public required bool IsSigned { get; init; }

    public required bool IsPlanar { get; init; }

    public required string Photometric { get; init; }

    public int PixelCount => Rows * Columns;

    public int SampleBytes => BitsAllocated / 8;

    /// <summary>Bytes of a decoded frame.</summary>
    public long FrameBytes => (long)PixelCount * Samples * SampleBytes;

    /// <summary>Whether two adjacent pixels share their chroma: two luma values, one blue and one red difference.</summary>
    public bool HasSharedChroma => Photometric == "YBR_FULL_422";

    public bool IsMonochrome => Photometric is "MONOCHROME1" or "MONOCHROME2";

    /// <exception cref="DicomException">Something is missing, contradictory, too large or unsupported.</exception>
    public static PixelFormat Read(ElementTable table, DicomLimits limits)
    {
        int bitsAllocated = table.Number(DicomTag.BitsAllocated, "Bits Allocated");
        int bitsStored = table.Number(DicomTag.BitsStored, "Bits Stored", bitsAllocated);
        PixelFormat format = new()
        {
            Rows = table.Number(DicomTag.Rows, "Rows"),
            Columns = table.Number(DicomTag.Columns, "Columns"),
            Frames = FrameCount(table),
            Samples = table.Number(DicomTag.SamplesPerPixel, "Samples per Pixel", 1),
            BitsAllocated = bitsAllocated,
            BitsStored = bitsStored,
            HighBit = table.Number(DicomTag.HighBit, "High Bit", bitsStored - 1),
            IsSigned = table.Number(DicomTag.PixelRepresentation, "Pixel Representation", 0) == 1,
            IsPlanar = table.Number(DicomTag.PlanarConfiguration, "Planar Configuration", 0) == 1,
            Photometric = table.Text(DicomTag.PhotometricInterpretation)?.ToUpperInvariant()
                ?? throw new DicomException("Photometric Interpretation (0028,0004) is missing. An image needs it."),
        };
        format.Check(limits);
        return format;
    }

    private static int FrameCount(ElementTable table)
    {
        double frames = table.Decimal(DicomTag.NumberOfFrames, "Number of Frames") ?? 1;
        return frames is >= 1 and <= MostFrames && frames == Math.Floor(frames)
            ? (int)frames
            : throw new DicomException($"Number of Frames is {frames.ToText()}, but a whole number up to {MostFrames} was expected.");
    }

    private void Check(DicomLimits limits)
    {
        if (Rows < 1 || Columns < 1 || (long)Rows * Columns > limits.MaxPixels)
        {
            throw new DicomException(
                $"The file declares {Columns} x {Rows} pixels, but 1 to {limits.MaxPixels} are allowed. Raise "
                + $"{nameof(DicomLimits)}.{nameof(DicomLimits.MaxPixels)} if it can be trusted.");
        }

        if (BitsAllocated is not (8 or 16) || BitsStored < 1 || BitsStored > BitsAllocated
            || HighBit < BitsStored - 1 || HighBit >= BitsAllocated)
        {
            throw new DicomException(
                $"{BitsStored} bits stored below bit {HighBit} of {BitsAllocated} allocated are not supported: 8 or 16 "
                + "allocated bits are, with the stored ones inside.");
        }

        bool isKnown = (IsMonochrome || Photometric == "PALETTE COLOR") && Samples == 1;
        bool isColor = Photometric is "RGB" or "YBR_FULL" or "YBR_FULL_422" && Samples == 3 && BitsAllocated == 8;
        if (!isKnown && !isColor)
        {
            throw new DicomException(
                $"Photometric interpretation '{Photometric}' with {Samples} samples of {BitsAllocated} bits is not supported: "
                + "MONOCHROME1, MONOCHROME2 and PALETTE COLOR with one sample, RGB, YBR_FULL and YBR_FULL_422 with three of 8 "
                + "bits are.");
        }
    }
}
