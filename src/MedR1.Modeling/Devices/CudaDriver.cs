using System.Runtime.InteropServices;

namespace MedR1.Modeling;

/// <summary>
/// What launching kernels of the library's own needs of the CUDA driver, and libtorch's stream to launch them on. Functions
/// return 0 if they succeed.
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

    /// <summary>The functions, or null where there is no driver or libtorch has no CUDA.</summary>
    public static CudaDriver? Instance => Found.Value;

    /// <summary>The driver's number of a device.</summary>
    public delegate* unmanaged<int*, int, int> GetDevice { get; }

    /// <summary>The context that the CUDA runtime, and with it libtorch, uses for a device.</summary>
    public delegate* unmanaged<nint*, int, int> RetainContext { get; }

    /// <summary>Makes a context the current one of this thread.</summary>
    public delegate* unmanaged<nint, int> EnterContext { get; }

    /// <summary>Brings the former context back.</summary>
    public delegate* unmanaged<nint*, int> LeaveContext { get; }

    /// <summary>Compiles PTX, text that ends with a zero, for the device of the current context.</summary>
    public delegate* unmanaged<nint*, byte*, int> LoadModule { get; }

    /// <summary>Finds a kernel of a module.</summary>
    public delegate* unmanaged<nint*, nint, byte*, int> GetFunction { get; }

    /// <summary>Gives a stream a kernel: blocks in three directions, threads in three, shared bytes, stream, arguments.</summary>
    public delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int> Launch { get; }

    /// <summary>A number of a device: the number, which one, the device.</summary>
    public delegate* unmanaged<int*, int, int, int> GetAttribute { get; }

    /// <summary>The version of CUDA that the driver is for, times 1,000.</summary>
    public delegate* unmanaged<int*, int> GetVersion { get; }

    /// <summary>Gives a stream a kernel with attributes: the launch, the kernel, its arguments; null in old drivers.</summary>
    public delegate* unmanaged<CudaLaunch*, nint, void**, void**, int> LaunchWith { get; }

    /// <summary>The stream that libtorch gives the operators of this thread to.</summary>
    public delegate* unmanaged<int, nint*, int> CurrentStream { get; }

    private static CudaDriver? Find() => CudaLibrary.Find(torch =>
        NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1", out nint driver)
            ? new CudaDriver(driver, torch) : null);
}
