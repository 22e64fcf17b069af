using System.Runtime.InteropServices;

namespace MedR1.Modeling;

/// <summary>
/// The functions of the CUDA runtime for events, and libtorch's function for the current stream. Functions return 0 on
/// success.
/// </summary>
internal sealed unsafe class CudaEventFunctions
{
    private static readonly Lazy<CudaEventFunctions?> Found =
        new(() => CudaLibrary.Find(library => new CudaEventFunctions(library)));

    /// <summary>Creates a set of functions that the caller names.</summary>
    public CudaEventFunctions()
    {
    }

    private CudaEventFunctions(nint library)
    {
        Create = (delegate* unmanaged<nint*, uint, int>)NativeLibrary.GetExport(library, "cudaEventCreateWithFlags");
        Record = (delegate* unmanaged<nint, nint, int>)NativeLibrary.GetExport(library, "cudaEventRecord");
        Synchronize = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "cudaEventSynchronize");
        Destroy = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "cudaEventDestroy");
        CurrentStream = (delegate* unmanaged<int, nint*, int>)NativeLibrary.GetExport(
            library, "aoti_torch_get_current_cuda_stream");
    }

    /// <summary>The functions, or <see langword="null"/> if libtorch has no CUDA or lacks one of them.</summary>
    public static CudaEventFunctions? Instance => Found.Value;

    /// <summary>Creates an event with flags.</summary>
    public delegate* unmanaged<nint*, uint, int> Create { get; init; }

    /// <summary>Records an event after all work issued to a stream so far.</summary>
    public delegate* unmanaged<nint, nint, int> Record { get; init; }

    /// <summary>Waits for an event.</summary>
    public delegate* unmanaged<nint, int> Synchronize { get; init; }

    /// <summary>Destroys an event.</summary>
    public delegate* unmanaged<nint, int> Destroy { get; init; }

    /// <summary>Returns this thread's current stream on a device.</summary>
    public delegate* unmanaged<int, nint*, int> CurrentStream { get; init; }
}
