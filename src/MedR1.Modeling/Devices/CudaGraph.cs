using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

using TorchSharp;

namespace MedR1.Modeling;

/// <summary>
/// A CUDA graph: operators that are recorded once and then replayed in one call. The host's overhead of a small step,
/// several microseconds for each of a thousand operators, is paid once. The operators read and write the memory with
/// which they were recorded, so that values that change must be in tensors with fixed addresses.
/// </summary>
internal sealed unsafe class CudaGraph : IDeviceWork
{
    // The capture mode in which calls of other threads do not disturb the recording.
    private const int ThreadLocal = 1;
    private const uint NonBlocking = 1;
    private const int Capturing = 1;

    private static volatile bool s_isSpoilt;

    private readonly CudaGraphFunctions _functions;
    private readonly torch.Device _device;
    private void* _object;

    private CudaGraph(CudaGraphFunctions functions, torch.Device device)
    {
        _functions = functions;
        _device = device;
        _object = NativeMemory.AlignedAlloc(CudaGraphFunctions.ObjectSize, 64);
        functions.Construct(_object, 0);
    }

    /// <summary>
    /// Whether operators of a device can be recorded. Only the first device is supported: CUDA creates a stream on the thread's
    /// current device, which is not changed here.
    /// </summary>
    /// <param name="device">The device.</param>
    public static bool IsSupported(torch.Device device) =>
        device is { type: DeviceType.CUDA, index: <= 0 } && CudaSwitches.UsesGraphs && !s_isSpoilt
        && CudaGraphFunctions.Instance is not null;

    /// <summary>
    /// Records work, after running it once so that libraries that initialize on first use are initialized. The work must
    /// neither wait for the device nor copy between device and host.
    /// </summary>
    /// <param name="device">A supported device.</param>
    /// <param name="work">Issues operators to the device.</param>
    /// <exception cref="InvalidOperationException">The work can't be recorded.</exception>
    public static CudaGraph Record(torch.Device device, Action work)
    {
        CudaGraphFunctions functions = CudaGraphFunctions.Instance
            ?? throw new NotSupportedException($"Operators on {device} can't be recorded: this libtorch has no CUDA graphs.");
        torch.cuda.synchronize(device);
        nint stream;
        Require(functions.CreateStream(&stream, NonBlocking), "cudaStreamCreateWithFlags");
        nint guard;
        Require(functions.EnterStream(stream, Math.Max(0, device.index), &guard), "aoti_torch_create_cuda_stream_guard");
        CudaGraph? graph = null;
        try
        {
            work();
            torch.cuda.synchronize(device);
            graph = new CudaGraph(functions, device);
            graph.Capture(stream, work);
            return graph;
        }
        catch
        {
            graph?.Dispose();
            throw;
        }
        finally
        {
            functions.LeaveStream(guard);
            functions.DestroyStream(stream);
        }
    }

    /// <inheritdoc/>
    public void Run()
    {
        ObjectDisposedException.ThrowIf(_object is null, this);
        _functions.Replay(_object);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_object is null)
        {
            return;
        }

        // The device may still be running the graph.
        torch.cuda.synchronize(_device);
        _functions.Destroy(_object);
        NativeMemory.AlignedFree(_object);
        _object = null;
    }

    private void Capture(nint stream, Action work)
    {
        _functions.BeginCapture(_object, default, ThreadLocal);
        Exception? failure = null;
        try
        {
            work();
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        // Checked first, because libtorch's capture_end throws a C++ exception if an operator could not be recorded.
        int status;
        if (_functions.CaptureStatus(stream, &status) != 0 || status != Capturing)
        {
            // libtorch's allocator keeps treating the recording as active and querying the object, which therefore must not
            // be freed.
            _object = null;
            s_isSpoilt = true;
            throw new InvalidOperationException(
                "The work can't be recorded: it waits for the device, or copies between device and host. This process can't record "
                + "anything more; fix the work and restart the process.",
                failure);
        }

        _functions.EndCapture(_object);
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>Throws if a CUDA function has failed.</summary>
    internal static void Require(int error, string function)
    {
        if (error != 0)
        {
            throw new InvalidOperationException($"{function} failed with CUDA error {error}.");
        }
    }
}
