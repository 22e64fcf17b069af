namespace MedR1.Modeling;

/// <summary>The header entry of a tensor in a safetensors file.</summary>
/// <param name="Name">Name of the tensor.</param>
/// <param name="Type">Type of its elements.</param>
/// <param name="Shape">Its shape; empty for a scalar. Elements are in row-major order.</param>
/// <param name="Offset">The offset of its bytes in the file.</param>
/// <param name="ByteLength">How many bytes it has.</param>
public sealed record SafetensorsEntry(
    string Name, SafetensorsType Type, IReadOnlyList<long> Shape, long Offset, long ByteLength);
