using System.Runtime.InteropServices;

namespace MedR1.Modeling;

/// <summary>
/// What recording a CUDA graph needs of libtorch (<c>ATen/cuda/CUDAGraph.h</c>, which keeps the memory of what was
/// recorded apart) and of the CUDA runtime that it brought into the process. libtorch's class has no C interface; its
/// methods are found by their mangled names, which have been the same since libtorch 2.1 but for the constructor's.
/// </summary>
internal sealed unsafe class CudaGraphFunctions
{
    /// <summary>Bytes set aside for libtorch's object, several times what it takes.</summary>
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

    /// <summary>The functions, or null where libtorch has no CUDA or not all of them.</summary>
    public static CudaGraphFunctions? Instance => Found.Value;

    /// <summary>Makes the object in memory that is given: whether the graph is kept beside its executable form.</summary>
    public delegate* unmanaged<void*, byte, void> Construct { get; }

    /// <summary>Ends the object; its memory stays the caller's.</summary>
    public delegate* unmanaged<void*, void> Destroy { get; }

    /// <summary>Begins to record what the current stream is given, with memory of a pool and a mode.</summary>
    public delegate* unmanaged<void*, MemoryPool, int, void> BeginCapture { get; }

    /// <summary>Ends recording and makes the executable form.</summary>
    public delegate* unmanaged<void*, void> EndCapture { get; }

    /// <summary>Gives the current stream what was recorded.</summary>
    public delegate* unmanaged<void*, void> Replay { get; }

    /// <summary>Makes a stream of a device the current one of this thread.</summary>
    public delegate* unmanaged<nint, int, nint*, int> EnterStream { get; }

    /// <summary>Brings the former stream back.</summary>
    public delegate* unmanaged<nint, int> LeaveStream { get; }

    /// <summary>Makes a stream on the current device.</summary>
    public delegate* unmanaged<nint*, uint, int> CreateStream { get; }

    /// <summary>Drops a stream.</summary>
    public delegate* unmanaged<nint, int> DestroyStream { get; }

    /// <summary>Tells whether a stream records: 0 no, 1 yes, 2 it did until an operator could not be recorded.</summary>
    public delegate* unmanaged<nint, int*, int> CaptureStatus { get; }

    private static nint Address(nint library, string name) => NativeLibrary.GetExport(library, name);

    /// <summary>The name of a pool of device memory; zeros for one of its own.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal readonly struct MemoryPool
    {
        private readonly ulong _first;
        private readonly ulong _second;
    }
}
