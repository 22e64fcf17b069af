namespace MedR1.Datasets.Parquet;

/// <summary>The kinds of pages, with their numbers in Parquet's <c>PageType</c>.</summary>
internal enum PageKind
{
    /// <summary>Levels and values, compressed together.</summary>
    Data = 0,

    /// <summary>An index, which no writer is known to write.</summary>
    Index = 1,

    /// <summary>The values that data pages refer to.</summary>
    Dictionary = 2,

    /// <summary>Uncompressed levels, followed by values that may be compressed.</summary>
    DataV2 = 3,
}
