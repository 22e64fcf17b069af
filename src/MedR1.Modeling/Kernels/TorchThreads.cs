using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MedR1.Modeling;

/// <summary>
/// Runs work on libtorch's OpenMP threads. Threads of another pool would compete with these for the processors, because
/// OpenMP threads spin for a while after each operator.
/// </summary>
internal static unsafe class TorchThreads
{
    private const int MostThreads = 256;

    // omp_pause_soft of OpenMP 5.0.
    private const int Soft = 1;

    private static readonly Lazy<nint> s_parallel = new(() => Find("GOMP_parallel"));
    private static readonly Lazy<nint> s_pause = new(() => Find("omp_pause_resource_all"));
    private static readonly Lazy<nint> s_count = new(() => Find("omp_get_num_threads"));
    private static readonly Lazy<nint> s_number = new(() => Find("omp_get_thread_num"));

    /// <summary>Whether libtorch uses GCC's OpenMP runtime; otherwise all work runs on the calling thread.</summary>
    public static bool AreReachable => s_parallel.Value != 0 && s_count.Value != 0 && s_number.Value != 0;

    /// <summary>The number of threads that work for the calling thread, including itself.</summary>
    public static int Count => AreReachable ? Math.Min(TorchSharp.torch.get_num_threads(), MostThreads) : 1;

    /// <summary>The number of threads that take part in the current <see cref="Call"/>.</summary>
    public static int CountInCall =>
        s_count.Value == 0 ? 1 : ((delegate* unmanaged[Cdecl]<int>)s_count.Value)();

    /// <summary>
    /// The index of the current thread in the <see cref="Call"/>, 0 for the caller. A thread has the same index in every call and
    /// works on the same range of elements as in libtorch's operators, so that its earlier results are in its cache.
    /// </summary>
    public static int NumberInCall =>
        s_number.Value == 0 ? 0 : ((delegate* unmanaged[Cdecl]<int>)s_number.Value)();

    /// <summary>Runs <paramref name="body"/> once for each part, on as many threads as libtorch uses.</summary>
    /// <param name="parts">The number of parts. Adjacent parts mostly run on one thread, in order.</param>
    /// <param name="body">Computes a part, given <paramref name="state"/> and the index of the part; must not throw.</param>
    /// <param name="state">The state shared by all parts.</param>
    /// <param name="isShort">Whether the work takes less time than starting another thread; the caller then does it alone.</param>
    public static void Run(int parts, delegate*<void*, int, void> body, void* state, bool isShort = false)
    {
        int threads = isShort ? 1 : Math.Min(parts, Count);
        if (threads < 2)
        {
            for (int part = 0; part < parts; part++)
            {
                body(state, part);
            }

            return;
        }

        PartShares.Share* room = stackalloc PartShares.Share[threads];
        PartShares shares = new(room, threads);
        shares.Divide(parts);
        Work work = new() { Body = body, State = state, Shares = shares };
        Call(threads, &Enter, &work);
    }

    /// <summary>Calls a function once on each of several threads, including the calling thread, and waits for all of them.</summary>
    /// <param name="threads">The number of threads, at most <see cref="Count"/>; with 1, only the calling thread is used.</param>
    /// <param name="enter">The function.</param>
    /// <param name="state">The argument of the function.</param>
    public static void Call(int threads, delegate* unmanaged[Cdecl]<void*, void> enter, void* state)
    {
        if (threads < 2)
        {
            enter(state);
            return;
        }

        ((delegate* unmanaged[Cdecl]<nint, void*, uint, uint, void>)s_parallel.Value)((nint)enter, state, (uint)threads, 0);
    }

    /// <summary>
    /// Ends the OpenMP threads that work for the calling thread; its next operator starts new ones. Each thread that computes
    /// has its own helper threads, and once they outnumber the processors, all of them sleep after every operator instead of
    /// spinning until the next.
    /// </summary>
    public static void Release()
    {
        if (s_pause.Value != 0)
        {
            _ = ((delegate* unmanaged[Cdecl]<int, int>)s_pause.Value)(Soft);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Enter(void* state)
    {
        Work* work = (Work*)state;
        int own = NumberInCall;
        for (int turn = 0; work->Shares.TryTake(own, ref turn, out int part);)
        {
            work->Body(work->State, part);
        }
    }

    // libgomp is distributed with libtorch.
    private static nint Find(string name)
    {
        TorchRuntime.Initialize();
        return LoadedLibraries.FindBeginningWith("libgomp") is string path
            && NativeLibrary.TryLoad(path, out nint library)
            && NativeLibrary.TryGetExport(library, name, out nint function) ? function : 0;
    }

    private struct Work
    {
        public delegate*<void*, int, void> Body;
        public void* State;
        public PartShares Shares;
    }
}
