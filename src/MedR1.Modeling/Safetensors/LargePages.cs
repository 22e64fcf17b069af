using System.Runtime.InteropServices;

namespace MedR1.Modeling;

/// <summary>
/// Requests pages of 2 MiB for large tensors before they are filled: page faults on 4 KiB pages would take longer than
/// reading the file, and matrix products over large pages have fewer TLB misses.
/// </summary>
internal static partial class LargePages
{
    private const nint PageLength = 2 << 20;
    private const int AdviseLargePages = 14;

    /// <summary>Requests large pages for a range; failures are ignored, because only speed depends on it.</summary>
    /// <param name="address">The address of the tensor's first byte.</param>
    /// <param name="length">The length of the tensor in bytes.</param>
    public static void Advise(nint address, long length)
    {
        nint start = (address + PageLength - 1) & ~(PageLength - 1);
        nint end = (nint)(address + length) & ~(PageLength - 1);
        if (OperatingSystem.IsLinux() && end > start)
        {
            _ = MemoryAdvice(start, end - start, AdviseLargePages);
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int MemoryAdvice(nint address, nint length, int advice);
}
