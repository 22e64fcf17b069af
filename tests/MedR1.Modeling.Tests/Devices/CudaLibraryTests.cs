using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Devices;

public class CudaLibraryTests
{
    [Fact]
    public void Without_CUDA_no_library_is_found_and_work_is_repeated()
    {
        Assert.False(TorchRuntime.Initialize().HasCuda);
        Assert.Null(CudaGraphFunctions.Instance);
        Assert.Null(CudaEventFunctions.Instance);
        Assert.Null(CudaDriver.Instance);
        Assert.Null(CudaKernels.For(new Device(DeviceType.CUDA, 0)));
        Assert.False(CudaGraph.IsSupported(new Device(DeviceType.CUDA, 0)));
        Assert.Throws<NotSupportedException>(() => CudaGraph.Record(new Device(DeviceType.CUDA, 0), () => { }));

        int runs = 0;
        using IDeviceWork work = DeviceWork.Create(CPU, () => runs++);
        work.Run();
        work.Run();
        Assert.Equal(2, runs);
    }
}
