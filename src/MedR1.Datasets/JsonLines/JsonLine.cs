namespace MedR1.Datasets;

/// <summary>One line that is not blank: its position in the file, and its bytes without the line break.</summary>
/// <param name="Row">The number of non-blank lines before it.</param>
/// <param name="Offset">The offset of its first byte in the file.</param>
/// <param name="Bytes">Its bytes, valid until the next line is requested.</param>
internal readonly record struct JsonLine(int Row, long Offset, ReadOnlyMemory<byte> Bytes);
