namespace MedR1.Modeling;

/// <summary>Tunes the allocation of host memory for tensors, on Linux with glibc.</summary>
internal static class HostAllocator
{
    /// <summary>The variable that, set to "1", makes libtorch request huge pages for tensors of 2 MiB or more.</summary>
    public const string HugePageVariable = "THP_MEM_ALLOC_ENABLE";

    private const int TrimThreshold = -1;
    private const int TopPadding = -2;
    private const int MappingThreshold = -3;
    private const int Largest = 1 << 30;
    private const int Padding = 64 << 20;

    // If any of these is set, the user tunes the allocator and it is left alone.
    private static readonly string[] Variables = ["GLIBC_TUNABLES", "MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_"];

    /// <summary>
    /// Makes glibc keep freed memory for later tensors. By default, tensors above a few megabytes are mapped and
    /// unmapped individually, and free memory at the top of the heap returns to the kernel at once, so that a training
    /// step spends up to 40 % of its time in page faults.
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
    /// Makes libtorch request huge pages, so that a page fault maps 2 MiB instead of 4 KiB. libtorch reads the variable
    /// when it allocates its first large tensor.
    /// </summary>
    public static void UseHugePages()
    {
        if (Environment.GetEnvironmentVariable(HugePageVariable) is null)
        {
            CLibrary.SetVariable(HugePageVariable, "1");
        }
    }
}
