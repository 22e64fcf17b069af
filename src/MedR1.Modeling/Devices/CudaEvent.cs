using TorchSharp;

namespace MedR1.Modeling;

/// <summary>A place in what the device was given, for which the host can wait while the device goes on.</summary>
internal sealed unsafe class CudaEvent : IDisposable
{
    private const uint WithoutTime = 2;

    private readonly CudaEventFunctions _functions;
    private nint _event;

    private CudaEvent(CudaEventFunctions functions)
    {
        _functions = functions;
        nint made;
        CudaGraph.Require(functions.Create(&made, WithoutTime), "cudaEventCreateWithFlags");
        _event = made;
    }

    /// <summary>
    /// Makes one; null where there are none. The runtime makes events on the thread's current device, which is the first.
    /// </summary>
    /// <param name="device">The device.</param>
    public static CudaEvent? TryCreate(torch.Device device) =>
        device.type == DeviceType.CUDA && device.index <= 0 && CudaEventFunctions.Instance is CudaEventFunctions functions
            ? new CudaEvent(functions) : null;

    /// <summary>Stands behind what the device was given so far.</summary>
    public void Record()
    {
        nint stream;
        CudaGraph.Require(_functions.CurrentStream(0, &stream), "aoti_torch_get_current_cuda_stream");
        CudaGraph.Require(_functions.Record(_event, stream), "cudaEventRecord");
    }

    /// <summary>Waits until the device has come there.</summary>
    public void Wait() => CudaGraph.Require(_functions.Synchronize(_event), "cudaEventSynchronize");

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_event != 0)
        {
            _functions.Destroy(_event);
            _event = 0;
        }
    }
}
