namespace MedR1.Imaging.Dicom;

/// <summary>How to read a file's bytes (PS3.5, annex A).</summary>
internal sealed record TransferSyntax(string Uid, bool IsExplicit, bool IsBigEndian, bool IsDeflated, PixelEncoding Encoding)
{
    private const string Root = "1.2.840.10008.1.2";
    private const string Dcmtk = "dcmtk's 'dcmdjpeg'";
    private const string Gdcm = "'gdcmconv --raw'";

    // The name of each known but unsupported transfer syntax, and a tool that converts it.
    private static readonly Dictionary<string, (string Name, string Tool)> s_notRead = new()
    {
        ["4.57"] = ("JPEG lossless", Dcmtk),
        ["4.70"] = ("JPEG lossless", Dcmtk),
        ["4.80"] = ("JPEG-LS", "dcmtk's 'dcmdjpls'"),
        ["4.81"] = ("JPEG-LS", "dcmtk's 'dcmdjpls'"),
        ["4.90"] = ("JPEG 2000", Gdcm),
        ["4.91"] = ("JPEG 2000", Gdcm),
        ["4.201"] = ("high-throughput JPEG 2000", "pydicom with pylibjpeg"),
        ["4.202"] = ("high-throughput JPEG 2000", "pydicom with pylibjpeg"),
        ["4.203"] = ("high-throughput JPEG 2000", "pydicom with pylibjpeg"),
        ["8.1"] = ("deflated frames", "pydicom 3"),
    };

    public static TransferSyntax ImplicitLittle { get; } = new(Root, false, false, false, PixelEncoding.Native);

    public static TransferSyntax ExplicitLittle { get; } = new(Root + ".1", true, false, false, PixelEncoding.Native);

    public static TransferSyntax ExplicitBig { get; } = new(Root + ".2", true, true, false, PixelEncoding.Native);

    /// <exception cref="DicomException">The transfer syntax is unknown or unsupported.</exception>
    public static TransferSyntax Find(string uid) => uid switch
    {
        Root => ImplicitLittle,
        Root + ".1" => ExplicitLittle,
        Root + ".1.99" => new(uid, true, false, true, PixelEncoding.Native),
        Root + ".2" => ExplicitBig,
        Root + ".5" => new(uid, true, false, false, PixelEncoding.RunLength),
        Root + ".4.50" or Root + ".4.51" => new(uid, true, false, false, PixelEncoding.Jpeg),
        _ => throw new DicomException(Refusal(uid)),
    };

    private static string Refusal(string uid)
    {
        const string Read = "is not supported: uncompressed, deflated, RLE and baseline JPEG are.";
        string end = uid.StartsWith(Root + ".", StringComparison.Ordinal) ? uid[(Root.Length + 1)..] : "";
        if (s_notRead.TryGetValue(end, out (string Name, string Tool) known))
        {
            return $"Transfer syntax '{uid}' ({known.Name}) {Read} Convert the file, for example with {known.Tool}.";
        }

        string kind = end.StartsWith("4.10", StringComparison.Ordinal) ? " (a video)"
            : end.StartsWith("4.11", StringComparison.Ordinal) ? " (JPEG XL)" : "";
        return $"Transfer syntax '{uid}'{kind} {Read} Convert the file to an uncompressed one, for example with {Gdcm}.";
    }
}
