using MedR1.TestSupport;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Operators;

/// <summary>Compares the library's CUDA kernels to the libtorch operators that they replace.</summary>
[Trait("Device", "Gpu")]
public sealed class GpuKernelTests
{
    [Fact]
    public void A_GPU_has_them() =>
        Assert.Equal(TestDevice.Gpu.type == DeviceType.CUDA, CudaKernels.For(TestDevice.Gpu) is not null);

    [Theory]
    [InlineData(ScalarType.Float32, 5, 1536)]
    [InlineData(ScalarType.Float32, 3, 20)]
    [InlineData(ScalarType.BFloat16, 64, 3584)]
    public void Normalisation(ScalarType type, int rows, int width)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor input = Random(type, rows, width), gain = Random(type, width);
        AssertSame(() => FusedOperators.RmsNorm(input, gain, 1e-6));
    }

    // Including the largest and smallest gates, whose exponential is out of range.
    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Gate(ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor gate = Random(type, 33, 8960).mul(20.0.ToScalar()), up = Random(type, 33, 8960);
        gate.narrow(1, 0, 8).copy_(tensor([-3e4f, -200f, -89f, -88f, 0f, 88f, 200f, 3e4f], device: TestDevice.Gpu));
        AssertSame(() => GatedActivation.Apply(gate, up));
    }

    [Theory]
    [InlineData(ScalarType.Float32, 16)]
    [InlineData(ScalarType.BFloat16, 128)]
    public void Rotation(ScalarType type, int width)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor vectors = Random(type, 70, 12, width);
        using RotaryTable table = RotaryTable.FromAngles(Random(ScalarType.Float32, 70, width / 2), type);
        AssertSame(() => table.Rotate(vectors));
    }

    private static Tensor Random(ScalarType type, params long[] shape)
    {
        using Generator generator = new(73, CPU);
        return randn(shape, generator: generator).to(type).to(TestDevice.Gpu);
    }

    // The same roundings: in bfloat16 a few numbers are at the border of one, and may differ by it.
    private static void AssertSame(Func<Tensor> compute)
    {
        using IDisposable noGradient = no_grad();
        CudaKernels.AreLeftOut = true;
        Tensor expected = compute();
        CudaKernels.AreLeftOut = false;
        Tensor actual = compute();
        Assert.Equal(expected.shape, actual.shape);
        Assert.Equal(expected.dtype, actual.dtype);
        bool isHalf = expected.dtype == ScalarType.BFloat16;
        Tensor wide = expected.to(ScalarType.Float64);
        Tensor error = (actual.to(ScalarType.Float64) - wide).abs();

        // Float32 sums round at different places, which shows if they nearly cancel: compared to the largest number.
        Tensor unit = isHalf ? wide.abs() + 1e-3 : wide.abs().max();
        double share = (error / unit).max().cpu().item<double>();
        double different = error.gt(0).to(ScalarType.Float64).mean().cpu().item<double>();
        Assert.True(share <= (isHalf ? 1.0 / 128 : 1e-6), $"relative error {share}");
        Assert.True(!isHalf || different < 0.01, $"{different:P1} of the numbers differ");
    }
}
