namespace MedR1.Datasets.Parquet;

/// <summary>The value encodings that this library uses, with their numbers in Parquet's <c>Encoding</c>.</summary>
internal enum PageEncoding
{
    /// <summary>Plain values.</summary>
    Plain = 0,

    /// <summary>Dictionary indices, under an older name.</summary>
    PlainDictionary = 2,

    /// <summary>Run-length encoded or bit-packed levels or Booleans.</summary>
    Runs = 3,

    /// <summary>Delta-encoded integers.</summary>
    DeltaIntegers = 5,

    /// <summary>Byte arrays preceded by their delta-encoded lengths.</summary>
    DeltaLengths = 6,

    /// <summary>Byte arrays as the prefix shared with the previous one and the remaining bytes.</summary>
    DeltaBytes = 7,

    /// <summary>Dictionary indices.</summary>
    Dictionary = 8,
}
