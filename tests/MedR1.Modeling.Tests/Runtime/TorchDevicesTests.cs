using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Runtime;

public class TorchDevicesTests
{
    private static readonly TorchRuntimeReport Runtime = new(
        "/opt/libtorch/lib", TorchLibrarySource.EnvironmentVariable, "2.10", true, "binding.so", TorchBindingLoad.Direct, []);

    [Fact]
    public void The_processor_can_always_be_used()
    {
        TorchDevices.RequireUsable(null);
        TorchDevices.RequireUsable(CPU);
    }

    // No machine has so many GPUs.
    [Fact]
    public void A_missing_gpu_is_refused_with_the_libtorch_in_use()
    {
        TorchDeviceException error = Assert.Throws<TorchDeviceException>(() => TorchDevices.Cuda(99));
        Assert.Equal("cuda:99", error.Device);
        Assert.StartsWith("The device cuda:99 can't be used: libtorch 2.10 in '", error.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => TorchDevices.Cuda(-2));
    }

    [Fact]
    public void A_CPU_build_is_reported_with_the_ways_to_a_CUDA_build()
    {
        string problem = TorchDevices.Problem(-1, 0, Runtime with { HasCuda = false })!;
        Assert.Contains("libtorch 2.10 in '/opt/libtorch/lib' (found by: EnvironmentVariable) is a CPU build", problem);
        Assert.Contains("MEDR1_LIBTORCH", problem);
        Assert.Contains("TorchRuntimeOptions.LibtorchFolder", problem);
    }

    [Theory]
    [InlineData(-1, 0, "finds no GPU")]
    [InlineData(0, 0, "finds no GPU")]
    [InlineData(1, 1, "finds one GPU, cuda:0.")]
    [InlineData(2, 2, "finds 2 GPUs, cuda:0 to cuda:1.")]
    [InlineData(-1, 1, null)]
    [InlineData(1, 2, null)]
    public void A_gpu_must_exist(int index, int count, string? expected)
    {
        string? problem = TorchDevices.Problem(index, count, Runtime);
        if (expected is null)
            Assert.Null(problem);
        else
            Assert.Contains(expected, problem);
    }
}
