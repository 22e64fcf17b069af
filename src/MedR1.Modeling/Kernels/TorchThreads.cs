using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MedR1.Modeling;

/// <summary>
/// Runs work on the OpenMP threads of libtorch. Threads of another pool would compete with them for the processors: they
/// spin for a while after each operator.
/// </summary>
internal static unsafe class TorchThreads
{
    private const int MostThreads = 256;

    // omp_pause_soft of OpenMP 5.0.
    private const int Soft = 1;

    private static readonly Lazy<nint> s_parallel = new(() => Find("GOMP_parallel"));
    private static readonly Lazy<nint> s_pause = new(() => Find("omp_pause_resource_all"));

    /// <summary>Runs <paramref name="body"/> once for each part, on as many threads as libtorch uses.</summary>
    /// <param name="parts">How many parts. Neighbours are mostly taken by one thread, one after the other.</param>
    /// <param name="body">Takes <paramref name="state"/> and a part's number; must not throw.</param>
    /// <param name="state">What the parts share.</param>
    /// <param name="isShort">Whether all is over before another thread would have begun: this one does it alone.</param>
    public static void Run(int parts, delegate*<void*, int, void> body, void* state, bool isShort = false)
    {
        int threads = isShort ? 1 : Math.Min(Math.Min(parts, MostThreads), TorchSharp.torch.get_num_threads());
        if (threads < 2 || s_parallel.Value == 0)
        {
            for (int part = 0; part < parts; part++)
            {
                body(state, part);
            }

            return;
        }

        Range* ranges = stackalloc Range[threads];
        for (int thread = 0; thread < threads; thread++)
        {
            ranges[thread].Next = (int)((long)parts * thread / threads);
            ranges[thread].End = (int)((long)parts * (thread + 1) / threads);
        }

        Work work = new() { Body = body, State = state, Ranges = ranges, Threads = threads };
        ((delegate* unmanaged[Cdecl]<nint, void*, uint, uint, void>)s_parallel.Value)(
            (nint)(delegate* unmanaged[Cdecl]<Work*, void>)&Enter, &work, (uint)threads, 0);
    }

    /// <summary>
    /// Ends the OpenMP threads that work for the calling thread; with its next operator it gets new ones. Each thread that
    /// computes has helpers of its own, and as soon as there are more of them than processors, all of them go to sleep after
    /// every operator instead of waiting for the next.
    /// </summary>
    public static void Release()
    {
        if (s_pause.Value != 0)
        {
            _ = ((delegate* unmanaged[Cdecl]<int, int>)s_pause.Value)(Soft);
        }
    }

    // Each thread has a range of its own, whose memory it reads in order, and helps with the others' when that is done: one
    // that the system holds up leaves more to them.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Enter(Work* work)
    {
        int own = Interlocked.Increment(ref work->Entered) - 1;
        for (int turn = 0; turn < work->Threads; turn++)
        {
            Range* range = work->Ranges + ((own + turn) % work->Threads);
            for (int part; (part = Interlocked.Increment(ref range->Next) - 1) < range->End;)
            {
                work->Body(work->State, part);
            }
        }
    }

    private static nint Find(string name) =>
        LoadedLibraries.FindBeginningWith("libgomp") is string path
            && NativeLibrary.TryLoad(path, out nint library)
            && NativeLibrary.TryGetExport(library, name, out nint function) ? function : 0;

    private struct Work
    {
        public delegate*<void*, int, void> Body;
        public void* State;
        public Range* Ranges;
        public int Threads;
        public int Entered;
    }

    // As wide as a line of the cache, for threads not to wait for each other's.
    [StructLayout(LayoutKind.Sequential, Size = 64)]
    private struct Range
    {
        public int Next;
        public int End;
    }
}
