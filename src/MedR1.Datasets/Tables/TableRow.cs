namespace MedR1.Datasets;

/// <summary>One row of a table file, as a reader of some format hands it over.</summary>
/// <param name="FilePath">The file, for messages.</param>
/// <param name="Index">The row's place in the file, from 0.</param>
/// <param name="Cells">
/// The cells by the names of their columns. A cell is <see langword="null"/>, a text, a number, a truth value, an
/// <see cref="IImageSource"/> or a list of these; a text in a column of pictures is a path below the folder of the
/// pictures.
/// </param>
public sealed record TableRow(string FilePath, int Index, IReadOnlyDictionary<string, object?> Cells);
