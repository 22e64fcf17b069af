using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Benchmarks.Devices;

/// <summary>
/// Memory in use on the device. libtorch keeps memory that it has allocated, so that this is the maximum of the process so
/// far, including the driver's part.
/// </summary>
internal static unsafe class DeviceMemory
{
    /// <summary>The bytes; null on the CPU, or if the CUDA runtime of the process is not found.</summary>
    public static long? UsedBytes(Device device)
    {
        // TorchSharp has no such call, and that of libtorch is a C++ object: calls the CUDA runtime library loaded by libtorch.
        string? runtime = device.type != DeviceType.CUDA || !OperatingSystem.IsLinux() ? null : File.ReadLines("/proc/self/maps")
            .Select(line => line[(line.LastIndexOf(' ') + 1)..])
            .FirstOrDefault(path => Path.GetFileName(path).StartsWith("libcudart.so", StringComparison.Ordinal));
        if (runtime is null || !NativeLibrary.TryLoad(runtime, out nint library)
            || !NativeLibrary.TryGetExport(library, "cudaMemGetInfo", out nint function))
        {
            return null;
        }

        nuint free = 0;
        nuint total = 0;
        return ((delegate* unmanaged<nuint*, nuint*, int>)function)(&free, &total) == 0 ? (long)(total - free) : null;
    }

    /// <summary>Formats the bytes as a cell of a table.</summary>
    public static string Show(Device device) => UsedBytes(device) is { } bytes ? $"{bytes / 1e9:F2} GB" : "–";
}
