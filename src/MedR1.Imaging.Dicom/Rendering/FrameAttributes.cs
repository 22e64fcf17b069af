namespace MedR1.Imaging.Dicom;

/// <summary>
/// Locates a frame's rescale and window: in its own functional groups, in the shared functional groups, or at the file's top level
/// (PS3.3, C.7.6.16).
/// </summary>
internal sealed class FrameAttributes(ElementTable table, int frame)
{
    /// <summary>The elements that contain Rescale Slope and Intercept.</summary>
    public ElementTable Rescale => Group(DicomTag.PixelValueTransformation) ?? table;

    /// <summary>The elements that contain Window Center and Width.</summary>
    public ElementTable Window => Group(DicomTag.FrameVoiLut) ?? table;

    private ElementTable? Group(DicomTag sequence) =>
        table.Item(DicomTag.PerFrameFunctionalGroups, frame)?.Item(sequence, 0)
        ?? table.Item(DicomTag.SharedFunctionalGroups, 0)?.Item(sequence, 0);
}
