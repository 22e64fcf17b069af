using System.Runtime.InteropServices;

namespace MedR1.Modeling;

/// <summary>
/// The functions of the CUDA driver for launching the library's own kernels, and libtorch's function for the current stream.
/// Functions return 0 on success.
/// </summary>
internal sealed unsafe class CudaDriver
{
    private static readonly Lazy<CudaDriver?> Found = new(Find);

    private CudaDriver(nint driver, nint torch)
    {
        GetDevice = (delegate* unmanaged<int*, int, int>)NativeLibrary.GetExport(driver, "cuDeviceGet");
        RetainContext = (delegate* unmanaged<nint*, int, int>)NativeLibrary.GetExport(driver, "cuDevicePrimaryCtxRetain");
        EnterContext = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(driver, "cuCtxPushCurrent_v2");
        LeaveContext = (delegate* unmanaged<nint*, int>)NativeLibrary.GetExport(driver, "cuCtxPopCurrent_v2");
        LoadModule = (delegate* unmanaged<nint*, byte*, int>)NativeLibrary.GetExport(driver, "cuModuleLoadData");
        GetFunction = (delegate* unmanaged<nint*, nint, byte*, int>)NativeLibrary.GetExport(driver, "cuModuleGetFunction");
        Launch = (delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int>)
            NativeLibrary.GetExport(driver, "cuLaunchKernel");
        GetAttribute = (delegate* unmanaged<int*, int, int, int>)NativeLibrary.GetExport(driver, "cuDeviceGetAttribute");
        GetVersion = (delegate* unmanaged<int*, int>)NativeLibrary.GetExport(driver, "cuDriverGetVersion");
        LaunchWith = NativeLibrary.TryGetExport(driver, "cuLaunchKernelEx", out nint launch)
            ? (delegate* unmanaged<CudaLaunch*, nint, void**, void**, int>)launch : null;
        CurrentStream = (delegate* unmanaged<int, nint*, int>)NativeLibrary.GetExport(
            torch, "aoti_torch_get_current_cuda_stream");
    }

    /// <summary>The functions, or <see langword="null"/> if there is no driver or libtorch has no CUDA.</summary>
    public static CudaDriver? Instance => Found.Value;

    /// <summary>Returns the driver's handle of a device.</summary>
    public delegate* unmanaged<int*, int, int> GetDevice { get; }

    /// <summary>Retains a device's primary context, which the CUDA runtime, and therefore libtorch, uses.</summary>
    public delegate* unmanaged<nint*, int, int> RetainContext { get; }

    /// <summary>Makes a context current on this thread.</summary>
    public delegate* unmanaged<nint, int> EnterContext { get; }

    /// <summary>Restores the previous context.</summary>
    public delegate* unmanaged<nint*, int> LeaveContext { get; }

    /// <summary>Compiles PTX, a zero-terminated string, for the device of the current context.</summary>
    public delegate* unmanaged<nint*, byte*, int> LoadModule { get; }

    /// <summary>Finds a kernel in a module.</summary>
    public delegate* unmanaged<nint*, nint, byte*, int> GetFunction { get; }

    /// <summary>Launches a kernel: three grid dimensions, three block dimensions, shared bytes, stream, arguments.</summary>
    public delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int> Launch { get; }

    /// <summary>Reads an attribute of a device: result, attribute, device.</summary>
    public delegate* unmanaged<int*, int, int, int> GetAttribute { get; }

    /// <summary>Reads the CUDA version of the driver, 1000 · major + 10 · minor.</summary>
    public delegate* unmanaged<int*, int> GetVersion { get; }

    /// <summary>Launches a kernel with attributes: configuration, kernel, arguments; null in old drivers.</summary>
    public delegate* unmanaged<CudaLaunch*, nint, void**, void**, int> LaunchWith { get; }

    /// <summary>Returns the stream to which libtorch issues this thread's operators.</summary>
    public delegate* unmanaged<int, nint*, int> CurrentStream { get; }

    private static CudaDriver? Find() => CudaLibrary.Find(torch =>
        NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1", out nint driver)
            ? new CudaDriver(driver, torch) : null);
}
