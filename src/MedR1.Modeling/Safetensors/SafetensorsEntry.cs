namespace MedR1.Modeling;

/// <summary>The header entry of a tensor in a safetensors file.</summary>
/// <param name="Name">Name of the tensor.</param>
/// <param name="Type">The element type.</param>
/// <param name="Shape">The shape; empty for a scalar. Elements are in row-major order.</param>
/// <param name="Offset">The offset of the tensor's bytes in the file.</param>
/// <param name="ByteLength">The number of bytes of the tensor.</param>
public sealed record SafetensorsEntry(
    string Name, SafetensorsType Type, IReadOnlyList<long> Shape, long Offset, long ByteLength);
