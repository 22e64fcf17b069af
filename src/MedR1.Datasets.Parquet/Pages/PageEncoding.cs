namespace MedR1.Datasets.Parquet;

/// <summary>The encodings of values that this library knows by name, by their numbers in Parquet's <c>Encoding</c>.</summary>
internal enum PageEncoding
{
    /// <summary>The values as they are.</summary>
    Plain = 0,

    /// <summary>Places in a dictionary, by an older name.</summary>
    PlainDictionary = 2,

    /// <summary>Runs of levels or Booleans.</summary>
    Runs = 3,

    /// <summary>Integers by their differences.</summary>
    DeltaIntegers = 5,

    /// <summary>Byte arrays, the lengths first.</summary>
    DeltaLengths = 6,

    /// <summary>Byte arrays by what they share with the one before.</summary>
    DeltaBytes = 7,

    /// <summary>Places in a dictionary.</summary>
    Dictionary = 8,
}
