using MedR1.Modeling;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL.Tests;

public sealed class DeviceTests
{
    // No machine has so many GPUs.
    [Fact]
    public void A_missing_gpu_is_refused_before_anything_is_read()
    {
        Device device = new(TorchSharp.DeviceType.CUDA, 99);
        TorchDeviceException error = Assert.Throws<TorchDeviceException>(() => Qwen2VLPolicy.Load("nowhere", device));
        Assert.Equal("cuda:99", error.Device);
        Assert.Throws<TorchDeviceException>(() => Qwen2VLPolicy.Load("nowhere", TinyModel.Processor(), device));
        Assert.Throws<TorchDeviceException>(
            () => Qwen2VLPolicy.CreateRandom(TinyModel.Configuration(), TinyModel.Processor(), 1, device));
    }
}
