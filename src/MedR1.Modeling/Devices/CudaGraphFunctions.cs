using System.Runtime.InteropServices;

namespace MedR1.Modeling;

/// <summary>
/// The functions for recording CUDA graphs: those of libtorch (<c>ATen/cuda/CUDAGraph.h</c>, which allocates the memory
/// of a recording from a separate pool) and those of the CUDA runtime that libtorch has loaded. libtorch's class has no C
/// interface; its methods are found by their mangled names, which except for the constructor's are unchanged since
/// libtorch 2.1.
/// </summary>
internal sealed unsafe class CudaGraphFunctions
{
    /// <summary>The number of bytes allocated for libtorch's object, several times its size.</summary>
    public const int ObjectSize = 8192;

    private static readonly Lazy<CudaGraphFunctions?> Found =
        new(() => CudaLibrary.Find(library => new CudaGraphFunctions(library)));

    private CudaGraphFunctions(nint library)
    {
        Construct = (delegate* unmanaged<void*, byte, void>)Address(library, "_ZN2at4cuda9CUDAGraphC1Eb");
        Destroy = (delegate* unmanaged<void*, void>)Address(library, "_ZN2at4cuda9CUDAGraphD1Ev");
        BeginCapture = (delegate* unmanaged<void*, MemoryPool, int, void>)Address(
            library, "_ZN2at4cuda9CUDAGraph13capture_beginESt4pairIyyE21cudaStreamCaptureMode");
        EndCapture = (delegate* unmanaged<void*, void>)Address(library, "_ZN2at4cuda9CUDAGraph11capture_endEv");
        Replay = (delegate* unmanaged<void*, void>)Address(library, "_ZN2at4cuda9CUDAGraph6replayEv");
        EnterStream = (delegate* unmanaged<nint, int, nint*, int>)Address(
            library, "aoti_torch_create_cuda_stream_guard");
        LeaveStream = (delegate* unmanaged<nint, int>)Address(library, "aoti_torch_delete_cuda_stream_guard");
        CreateStream = (delegate* unmanaged<nint*, uint, int>)Address(library, "cudaStreamCreateWithFlags");
        DestroyStream = (delegate* unmanaged<nint, int>)Address(library, "cudaStreamDestroy");
        CaptureStatus = (delegate* unmanaged<nint, int*, int>)Address(library, "cudaStreamIsCapturing");
    }

    /// <summary>The functions, or <see langword="null"/> if libtorch has no CUDA or lacks one of them.</summary>
    public static CudaGraphFunctions? Instance => Found.Value;

    /// <summary>Constructs the object in given memory; the flag keeps the graph in addition to its executable form.</summary>
    public delegate* unmanaged<void*, byte, void> Construct { get; }

    /// <summary>Destroys the object, but does not free its memory.</summary>
    public delegate* unmanaged<void*, void> Destroy { get; }

    /// <summary>Begins to record the current stream, with a memory pool and a capture mode.</summary>
    public delegate* unmanaged<void*, MemoryPool, int, void> BeginCapture { get; }

    /// <summary>Ends recording and creates the executable form.</summary>
    public delegate* unmanaged<void*, void> EndCapture { get; }

    /// <summary>Launches the recorded graph on the current stream.</summary>
    public delegate* unmanaged<void*, void> Replay { get; }

    /// <summary>Makes a stream of a device current on this thread.</summary>
    public delegate* unmanaged<nint, int, nint*, int> EnterStream { get; }

    /// <summary>Restores the previous stream.</summary>
    public delegate* unmanaged<nint, int> LeaveStream { get; }

    /// <summary>Creates a stream on the current device.</summary>
    public delegate* unmanaged<nint*, uint, int> CreateStream { get; }

    /// <summary>Destroys a stream.</summary>
    public delegate* unmanaged<nint, int> DestroyStream { get; }

    /// <summary>Reads the capture status of a stream: 0 not recording, 1 recording, 2 invalidated by an operator.</summary>
    public delegate* unmanaged<nint, int*, int> CaptureStatus { get; }

    private static nint Address(nint library, string name) => NativeLibrary.GetExport(library, name);

    /// <summary>The id of a pool of device memory; zeros for a new pool.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal readonly struct MemoryPool
    {
        private readonly ulong _first;
        private readonly ulong _second;
    }
}
