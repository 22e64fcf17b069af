namespace MedR1.Imaging.Dicom;

/// <summary>The tag of a data element: a group and an element number (PS3.6).</summary>
/// <param name="Group">The group number.</param>
/// <param name="Element">The element number.</param>
public readonly record struct DicomTag(ushort Group, ushort Element)
{
    /// <summary>Modality, such as <c>CT</c> or <c>MR</c>.</summary>
    public static DicomTag Modality { get; } = new(0x0008, 0x0060);

    /// <summary>Body part examined.</summary>
    public static DicomTag BodyPartExamined { get; } = new(0x0018, 0x0015);

    /// <summary>Series instance UID, which all images of a series share.</summary>
    public static DicomTag SeriesInstanceUid { get; } = new(0x0020, 0x000E);

    internal static DicomTag TransferSyntaxUid { get; } = new(0x0002, 0x0010);

    internal static DicomTag SamplesPerPixel { get; } = new(0x0028, 0x0002);

    internal static DicomTag PhotometricInterpretation { get; } = new(0x0028, 0x0004);

    internal static DicomTag PlanarConfiguration { get; } = new(0x0028, 0x0006);

    internal static DicomTag NumberOfFrames { get; } = new(0x0028, 0x0008);

    internal static DicomTag Rows { get; } = new(0x0028, 0x0010);

    internal static DicomTag Columns { get; } = new(0x0028, 0x0011);

    internal static DicomTag BitsAllocated { get; } = new(0x0028, 0x0100);

    internal static DicomTag BitsStored { get; } = new(0x0028, 0x0101);

    internal static DicomTag HighBit { get; } = new(0x0028, 0x0102);

    internal static DicomTag PixelRepresentation { get; } = new(0x0028, 0x0103);

    internal static DicomTag WindowCenter { get; } = new(0x0028, 0x1050);

    internal static DicomTag WindowWidth { get; } = new(0x0028, 0x1051);

    internal static DicomTag RescaleIntercept { get; } = new(0x0028, 0x1052);

    internal static DicomTag RescaleSlope { get; } = new(0x0028, 0x1053);

    internal static DicomTag VoiLutFunction { get; } = new(0x0028, 0x1056);

    internal static DicomTag RedPaletteDescriptor { get; } = new(0x0028, 0x1101);

    internal static DicomTag RedPaletteData { get; } = new(0x0028, 0x1201);

    internal static DicomTag ModalityLutSequence { get; } = new(0x0028, 0x3000);

    internal static DicomTag LutDescriptor { get; } = new(0x0028, 0x3002);

    internal static DicomTag LutData { get; } = new(0x0028, 0x3006);

    internal static DicomTag VoiLutSequence { get; } = new(0x0028, 0x3010);

    internal static DicomTag SegmentedRedPaletteData { get; } = new(0x0028, 0x1221);

    internal static DicomTag FrameVoiLut { get; } = new(0x0028, 0x9132);

    internal static DicomTag PixelValueTransformation { get; } = new(0x0028, 0x9145);

    internal static DicomTag SharedFunctionalGroups { get; } = new(0x5200, 0x9229);

    internal static DicomTag PerFrameFunctionalGroups { get; } = new(0x5200, 0x9230);

    internal static DicomTag FloatPixelData { get; } = new(0x7FE0, 0x0008);

    internal static DicomTag DoublePixelData { get; } = new(0x7FE0, 0x0009);

    internal static DicomTag PixelData { get; } = new(0x7FE0, 0x0010);

    internal static DicomTag Item { get; } = new(0xFFFE, 0xE000);

    internal static DicomTag ItemEnd { get; } = new(0xFFFE, 0xE00D);

    internal static DicomTag SequenceEnd { get; } = new(0xFFFE, 0xE0DD);

    /// <summary><c>(gggg,eeee)</c> in hexadecimal digits.</summary>
    public override string ToString() => $"({Group:X4},{Element:X4})";
}
