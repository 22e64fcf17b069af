using System.Runtime.InteropServices;
using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Benchmarks.Devices;

/// <summary>
/// Keeps a device busy for a while, so that the host can hand over work that then runs without a gap. TorchSharp doesn't have it;
/// libtorch exports the function that its own tests use.
/// </summary>
internal sealed unsafe class DeviceSleep
{
    // at::cuda::sleep(int64_t)
    private const string Symbol = "_ZN2at4cuda5sleepEl";

    // A clock that no device exceeds by much: the sleep is not shorter than asked for.
    private const double CyclesPerSecond = 2.0e9;

    private readonly delegate* unmanaged<long, void> _sleep;
    private readonly long _cycles;

    private DeviceSleep(nint function, double seconds)
    {
        _sleep = (delegate* unmanaged<long, void>)function;
        _cycles = (long)(seconds * CyclesPerSecond);
    }

    /// <summary>A sleep of at least so long; null where libtorch or the device has none.</summary>
    public static DeviceSleep? TryCreate(Device device, double seconds)
    {
        string? folder = device.type == DeviceType.CUDA ? TorchRuntime.Report?.LibtorchFolder : null;
        return folder is not null
            && NativeLibrary.TryLoad(Path.Combine(folder, "libtorch_cuda.so"), out nint library)
            && NativeLibrary.TryGetExport(library, Symbol, out nint function)
            ? new DeviceSleep(function, seconds) : null;
    }

    /// <summary>Hands the sleep to the device; the host goes on.</summary>
    public void Begin() => _sleep(_cycles);
}
