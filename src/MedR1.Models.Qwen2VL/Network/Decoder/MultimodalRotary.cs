using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// M-RoPE (arXiv 2409.12191, section 2.1): pairs of dimensions are rotated by the position in time, height or width, by
/// section. The frequencies stay float32 regardless of the network's data type, which is why this class is not a module.
/// </summary>
internal sealed class MultimodalRotary : IDisposable
{
    private readonly Tensor _frequencies;
    private readonly Tensor _axes;
    private readonly ScalarType _dataType;

    public MultimodalRotary(Qwen2VLTextConfiguration text, Device device, ScalarType dataType)
    {
        _dataType = dataType;
        _frequencies = InverseFrequencies.Compute(text.RotaryBase, text.HeadSize, device).DetachFromDisposeScope();
        long[] axes = [.. text.RotarySections.SelectMany((section, axis) => Enumerable.Repeat((long)axis, section))];
        _axes = axes.ToDevice(device).DetachFromDisposeScope();
    }

    /// <param name="positions"><c>[3, N]</c> float32: time, height, width.</param>
    public RotaryTable Table(Tensor positions)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor angles = positions.index_select(0, _axes).t() * _frequencies;
        return RotaryTable.FromAngles(angles, _dataType);
    }

    public void Dispose()
    {
        _frequencies.Dispose();
        _axes.Dispose();
    }
}
