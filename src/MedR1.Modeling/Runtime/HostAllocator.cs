using System.Runtime.InteropServices;

namespace MedR1.Modeling;

/// <summary>
/// Asks glibc to keep freed memory for the next tensor. By default each tensor above some megabytes is mapped and
/// unmapped on its own, and what lies free at the top of the heap goes back to the kernel at once; a training step then
/// spends up to 40 % of its time in page faults.
/// </summary>
internal static class HostAllocator
{
    private const int TrimThreshold = -1;
    private const int TopPadding = -2;
    private const int MappingThreshold = -3;
    private const int Largest = 1 << 30;
    private const int Padding = 64 << 20;

    // Who tunes the allocator from outside has the last word.
    private static readonly string[] Variables = ["GLIBC_TUNABLES", "MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_"];

    public static unsafe void KeepFreedMemory()
    {
        if (!OperatingSystem.IsLinux()
            || Variables.Any(name => Environment.GetEnvironmentVariable(name) is not null)
            || !NativeLibrary.TryLoad("libc.so.6", out nint library)
            || !NativeLibrary.TryGetExport(library, "mallopt", out nint function))
        {
            return;
        }

        var set = (delegate* unmanaged[Cdecl]<int, int, int>)function;
        _ = set(MappingThreshold, Largest);
        _ = set(TrimThreshold, Largest);
        _ = set(TopPadding, Padding);
    }
}
