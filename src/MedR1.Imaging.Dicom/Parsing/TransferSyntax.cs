namespace MedR1.Imaging.Dicom;

/// <summary>How a file's bytes are to be read (PS3.5, annex A).</summary>
internal sealed record TransferSyntax(string Uid, bool IsExplicit, bool IsBigEndian, bool IsDeflated, PixelEncoding Encoding)
{
    private const string Root = "1.2.840.10008.1.2";

    private static readonly Dictionary<string, string> s_notRead = new()
    {
        ["4.57"] = "JPEG lossless",
        ["4.70"] = "JPEG lossless",
        ["4.80"] = "JPEG-LS",
        ["4.81"] = "JPEG-LS",
        ["4.90"] = "JPEG 2000",
        ["4.91"] = "JPEG 2000",
        ["4.100"] = "MPEG-2",
        ["4.102"] = "MPEG-4",
    };

    /// <exception cref="DicomException">It is unknown, or one that is not read.</exception>
    public static TransferSyntax Find(string uid) => uid switch
    {
        Root => new(uid, false, false, false, PixelEncoding.Native),
        Root + ".1" => new(uid, true, false, false, PixelEncoding.Native),
        Root + ".1.99" => new(uid, true, false, true, PixelEncoding.Native),
        Root + ".2" => new(uid, true, true, false, PixelEncoding.Native),
        Root + ".5" => new(uid, true, false, false, PixelEncoding.RunLength),
        Root + ".4.50" or Root + ".4.51" => new(uid, true, false, false, PixelEncoding.Jpeg),
        _ => throw new DicomException(
            $"Transfer syntax '{uid}'{NameOf(uid)} is not read: uncompressed, deflated, RLE and baseline JPEG are. Convert "
            + "the file, for instance with 'gdcmconv --raw' or dcmtk's 'dcmdjpeg'."),
    };

    private static string NameOf(string uid) =>
        uid.StartsWith(Root + ".", StringComparison.Ordinal) && s_notRead.TryGetValue(uid[(Root.Length + 1)..], out string? name)
            ? $" ({name})" : "";
}
