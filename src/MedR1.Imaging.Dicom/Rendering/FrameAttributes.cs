namespace MedR1.Imaging.Dicom;

/// <summary>
/// Where a frame's rescale and window are stored: in its own functional groups, in those that all frames share, or at the file's
/// top level (PS3.3, C.7.6.16).
/// </summary>
internal sealed class FrameAttributes(ElementTable table, int frame)
{
    /// <summary>Contains Rescale Slope and Intercept.</summary>
    public ElementTable Rescale => Group(DicomTag.PixelValueTransformation) ?? table;

    /// <summary>Contains Window Center and Width.</summary>
    public ElementTable Window => Group(DicomTag.FrameVoiLut) ?? table;

    private ElementTable? Group(DicomTag sequence) =>
        table.Item(DicomTag.PerFrameFunctionalGroups, frame)?.Item(sequence, 0)
        ?? table.Item(DicomTag.SharedFunctionalGroups, 0)?.Item(sequence, 0);
}
