using MedR1.Modeling;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>The storage format of the weights of a part of the network.</summary>
/// <param name="Device">The device of the weights.</param>
/// <param name="DataType">The data type of the weights and of the computation.</param>
/// <param name="IsQuantized">Whether the matrices of linear layers are quantized to 8 bits.</param>
internal sealed record WeightFormat(Device Device, ScalarType DataType, bool IsQuantized)
{
    /// <summary>Creates an uninitialized linear layer.</summary>
    public Projection Linear(long inputSize, long outputSize, bool hasBias) =>
        new(inputSize, outputSize, hasBias, Device, DataType, IsQuantized);
}
