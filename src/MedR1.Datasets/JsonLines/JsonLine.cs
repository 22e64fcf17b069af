namespace MedR1.Datasets;

/// <summary>One line that is not blank: where it stands in its file, and its bytes without the line break.</summary>
/// <param name="Row">How many lines that are not blank stand before it.</param>
/// <param name="Offset">Its first byte in the file.</param>
/// <param name="Bytes">Its bytes, valid until the next line is asked for.</param>
internal readonly record struct JsonLine(int Row, long Offset, ReadOnlyMemory<byte> Bytes);
