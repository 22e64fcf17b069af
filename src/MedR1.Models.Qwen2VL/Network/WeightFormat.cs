using MedR1.Modeling;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>Where and how a part of the network holds its weights.</summary>
/// <param name="Device">Where they live.</param>
/// <param name="DataType">Their type, and what is computed in.</param>
/// <param name="IsQuantized">Whether linear layers hold their matrices in 8 bits.</param>
internal sealed record WeightFormat(Device Device, ScalarType DataType, bool IsQuantized)
{
    /// <summary>A linear layer whose values are undefined.</summary>
    public Projection Linear(long inputSize, long outputSize, bool hasBias) =>
        new(inputSize, outputSize, hasBias, Device, DataType, IsQuantized);
}
