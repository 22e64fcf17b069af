using TorchSharp;

namespace MedR1.Modeling;

/// <summary>An event in a CUDA stream, for which the host can wait while the device continues.</summary>
internal sealed unsafe class CudaEvent : IDisposable
{
    private const uint WithoutTime = 2;

    private readonly CudaEventFunctions _functions;
    private nint _event;

    /// <summary>Creates an event on the thread's current device.</summary>
    /// <exception cref="InvalidOperationException">The device does not create it.</exception>
    public CudaEvent(CudaEventFunctions functions)
    {
        _functions = functions;
        nint made;
        CudaGraph.Require(functions.Create(&made, WithoutTime), "cudaEventCreateWithFlags");
        _event = made;
    }

    /// <summary>
    /// Creates an event; returns <see langword="null"/> if events are not supported. The runtime creates events on the thread's
    /// current device, which is the first.
    /// </summary>
    /// <param name="device">The device.</param>
    public static CudaEvent? TryCreate(torch.Device device) =>
        device.type == DeviceType.CUDA && device.index <= 0 && CudaEventFunctions.Instance is CudaEventFunctions functions
            ? new CudaEvent(functions) : null;

    /// <summary>Records the event after all work issued to the device so far.</summary>
    public void Record()
    {
        nint stream;
        CudaGraph.Require(_functions.CurrentStream(0, &stream), "aoti_torch_get_current_cuda_stream");
        CudaGraph.Require(_functions.Record(_event, stream), "cudaEventRecord");
    }

    /// <summary>Waits until the device has reached the event.</summary>
    public void Wait() => CudaGraph.Require(_functions.Synchronize(_event), "cudaEventSynchronize");

    /// <summary>
    /// Waits for the event, which releases what the device reads or writes before it, and destroys it. Throws nothing that could
    /// replace the exception after which it is called: a device that has failed reads and writes nothing more.
    /// </summary>
    public void Dispose()
    {
        if (_event != 0)
        {
            _functions.Synchronize(_event);
            _functions.Destroy(_event);
            _event = 0;
        }
    }
}
