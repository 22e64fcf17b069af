namespace MedR1.Datasets.Parquet;

/// <summary>A page of a column, according to its header; the sizes were checked against the file.</summary>
/// <param name="Kind">What it contains.</param>
/// <param name="Encoding">How it encodes values.</param>
/// <param name="Start">The position in the file of what follows the header.</param>
/// <param name="PackedBytes">The size in the file.</param>
/// <param name="UnpackedBytes">The size after decompression.</param>
/// <param name="Values">Number of values, nulls included.</param>
/// <param name="RepetitionBytes">The size of the repetition levels; 0 in a first-version page.</param>
/// <param name="DefinitionBytes">The size of the definition levels; 0 in a first-version page.</param>
/// <param name="IsPlain">Whether the values are not compressed although the column is.</param>
internal readonly record struct Page(
    PageKind Kind, PageEncoding Encoding, long Start, int PackedBytes, int UnpackedBytes, int Values, int RepetitionBytes,
    int DefinitionBytes, bool IsPlain)
{
    /// <summary>
    /// Whether Parquet.Net 6.1.0 can't be trusted with it: of second-version pages it reads no lists, it confuses the signs of
    /// integers that are packed by their differences to 32 bits, and it reads no Booleans in runs.
    /// </summary>
    public bool NeedsRewriting => Kind == PageKind.DataV2 || (Kind == PageKind.Data && HasOddEncoding);

    /// <summary>Whether the values are encoded neither as they are nor by a dictionary.</summary>
    public bool HasOddEncoding =>
        Encoding is PageEncoding.Runs or PageEncoding.DeltaIntegers or PageEncoding.DeltaLengths or PageEncoding.DeltaBytes;
}
