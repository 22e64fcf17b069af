namespace MedR1.Datasets;

/// <summary>A data set can't be used as it lies on disk; the message says where and what would mend it.</summary>
public sealed class DatasetException : Exception
{
    /// <summary>Says what is wrong.</summary>
    /// <param name="message">What is wrong and what mends it.</param>
    /// <param name="innerException">What led to it.</param>
    public DatasetException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The file or folder, where one is to blame.</summary>
    public string? FilePath { get; init; }

    /// <summary>The item in the file, from 0, where one is to blame.</summary>
    public int? ItemIndex { get; init; }

    /// <summary>The item's field, where one is to blame.</summary>
    public string? Field { get; init; }

    internal static DatasetException AtRow(string filePath, int itemIndex, string problem) =>
        new($"{filePath}, item {itemIndex}: {problem}") { FilePath = filePath, ItemIndex = itemIndex };

    internal static DatasetException AtField(string filePath, int itemIndex, string field, string problem) =>
        new($"{filePath}, item {itemIndex}, field '{field}': {problem}")
        {
            FilePath = filePath,
            ItemIndex = itemIndex,
            Field = field,
        };
}
