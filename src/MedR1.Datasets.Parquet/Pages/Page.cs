namespace MedR1.Datasets.Parquet;

/// <summary>A page of a column, as described by its header, whose sizes were checked against the file.</summary>
/// <param name="Kind">The kind of content.</param>
/// <param name="Encoding">The encoding of the values.</param>
/// <param name="Start">The position in the file after the header.</param>
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
    /// Whether Parquet.Net 6.1.0 can't read the page reliably: it does not read lists in second-version pages or run-length encoded
    /// Booleans, and it misreads the signs of delta-encoded integers packed in 32 bits.
    /// </summary>
    public bool NeedsRewriting => Kind == PageKind.DataV2 || (Kind == PageKind.Data && HasOddEncoding);

    /// <summary>Whether the values have neither the plain nor a dictionary encoding.</summary>
    public bool HasOddEncoding =>
        Encoding is PageEncoding.Runs or PageEncoding.DeltaIntegers or PageEncoding.DeltaLengths or PageEncoding.DeltaBytes;
}
