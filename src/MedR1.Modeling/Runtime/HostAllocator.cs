namespace MedR1.Modeling;

/// <summary>How the host's memory for tensors comes from the system, on Linux with glibc.</summary>
internal static class HostAllocator
{
    /// <summary>Makes libtorch ask for huge pages for tensors of 2 MiB and more, where it is "1".</summary>
    public const string HugePageVariable = "THP_MEM_ALLOC_ENABLE";

    private const int TrimThreshold = -1;
    private const int TopPadding = -2;
    private const int MappingThreshold = -3;
    private const int Largest = 1 << 30;
    private const int Padding = 64 << 20;

    // Tuning of the allocator from outside takes precedence.
    private static readonly string[] Variables = ["GLIBC_TUNABLES", "MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_"];

    /// <summary>
    /// Asks glibc to keep freed memory for the next tensor. By default each tensor above some megabytes is mapped and
    /// unmapped on its own, and what lies free at the top of the heap goes back to the kernel at once; a training step
    /// then spends up to 40 % of its time in page faults.
    /// </summary>
    public static unsafe void KeepFreedMemory()
    {
        if (Variables.Any(name => Environment.GetEnvironmentVariable(name) is not null)
            || CLibrary.Find("mallopt") is not nint function)
        {
            return;
        }

        var set = (delegate* unmanaged[Cdecl]<int, int, int>)function;
        _ = set(MappingThreshold, Largest);
        _ = set(TrimThreshold, Largest);
        _ = set(TopPadding, Padding);
    }

    /// <summary>
    /// Has libtorch ask the kernel for huge pages: a page fault brings 2 MiB instead of 4 KiB. libtorch reads the
    /// variable with its first large tensor.
    /// </summary>
    public static void UseHugePages()
    {
        if (Environment.GetEnvironmentVariable(HugePageVariable) is null)
        {
            CLibrary.SetVariable(HugePageVariable, "1");
        }
    }
}
