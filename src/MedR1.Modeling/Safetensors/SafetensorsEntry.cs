namespace MedR1.Modeling;

/// <summary>What a safetensors file says about one of its tensors.</summary>
/// <param name="Name">Name of the tensor.</param>
/// <param name="Type">Type of its elements.</param>
/// <param name="Shape">Its shape; empty for a single number. Elements lie in row-major order.</param>
/// <param name="Offset">Where its bytes begin in the file.</param>
/// <param name="ByteLength">How many bytes it has.</param>
public sealed record SafetensorsEntry(
    string Name, SafetensorsType Type, IReadOnlyList<long> Shape, long Offset, long ByteLength);
