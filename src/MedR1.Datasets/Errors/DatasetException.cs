namespace MedR1.Datasets;

/// <summary>A data set on disk can't be used as it is; the message says what is wrong, where, and how to fix it.</summary>
public sealed class DatasetException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong and how to fix it.</param>
    /// <param name="innerException">The cause, if any.</param>
    public DatasetException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The file or folder at fault, if there is one.</summary>
    public string? FilePath { get; init; }

    /// <summary>The index of the item at fault in the file, from 0, if there is one.</summary>
    public int? ItemIndex { get; init; }

    /// <summary>The field of the item at fault, if there is one.</summary>
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
