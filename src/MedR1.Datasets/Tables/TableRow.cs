namespace MedR1.Datasets;

/// <summary>One row of a table file, as provided by the reader of a file format.</summary>
/// <param name="FilePath">The file, for messages.</param>
/// <param name="Index">The row's index in the file, from 0.</param>
/// <param name="Cells">
/// The cells by the names of their columns. A cell is <see langword="null"/>, a text, a number, a Boolean, an
/// <see cref="IImageSource"/> or a list of these; a text in a column of images is a path below the image folder. A structure is an
/// <see cref="IReadOnlyDictionary{TKey, TValue}"/> from the names of its fields to such cells, in their order: its values are columns
/// such as <c>reward_model.ground_truth</c>, or options if the fields are named A, B, …. The messages of a
/// <see cref="ConversationDataset"/> are lists of structures. Any other value is skipped, or rejected if an example needs the column.
/// </param>
public sealed record TableRow(string FilePath, int Index, IReadOnlyDictionary<string, object?> Cells);
