using System.Runtime.InteropServices;

namespace MedR1.Modeling;

/// <summary>
/// Asks the system for pages of 2 MiB under large tensors before they are filled: first touches of 4 KiB pages take
/// longer than reading the file, and matrix products over large pages miss the translation buffer less often.
/// </summary>
internal static partial class LargePages
{
    private const nint PageLength = 2 << 20;
    private const int AdviseLargePages = 14;

    /// <summary>Gives the advice; it changes nothing but speed, so its failure is no error.</summary>
    /// <param name="address">First byte of the tensor.</param>
    /// <param name="length">How many bytes it has.</param>
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
