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
    private static readonly Lazy<nint> s_count = new(() => Find("omp_get_num_threads"));
    private static readonly Lazy<nint> s_number = new(() => Find("omp_get_thread_num"));

    /// <summary>Whether libtorch works with GCC's OpenMP, whose threads can be called; else all work is done by the caller.</summary>
    public static bool AreReachable => s_parallel.Value != 0 && s_count.Value != 0 && s_number.Value != 0;

    /// <summary>How many threads work for the calling one.</summary>
    public static int Count => AreReachable ? Math.Min(TorchSharp.torch.get_num_threads(), MostThreads) : 1;

    /// <summary>How many threads take part in the <see cref="Call"/> that this is asked in.</summary>
    public static int CountInCall =>
        s_count.Value == 0 ? 1 : ((delegate* unmanaged[Cdecl]<int>)s_count.Value)();

    /// <summary>
    /// The number of this thread in the <see cref="Call"/>, from 0 for the calling one: the same thread has it in every call, and
    /// the same share of neighbours as in libtorch's operators, so that it finds in its cache what it has written.
    /// </summary>
    public static int NumberInCall =>
        s_number.Value == 0 ? 0 : ((delegate* unmanaged[Cdecl]<int>)s_number.Value)();

    /// <summary>Runs <paramref name="body"/> once for each part, on as many threads as libtorch uses.</summary>
    /// <param name="parts">How many parts. Neighbours are mostly taken by one thread, one after the other.</param>
    /// <param name="body">Takes <paramref name="state"/> and a part's number; must not throw.</param>
    /// <param name="state">What the parts share.</param>
    /// <param name="isShort">Whether all is over before another thread would have begun: this one does it alone.</param>
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

    /// <summary>Has each of some threads enter a function once, the calling one too, and waits for them.</summary>
    /// <param name="threads">How many, at most <see cref="Count"/>; with 1 the calling one enters it.</param>
    /// <param name="enter">The function.</param>
    /// <param name="state">What it gets.</param>
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

    // Part of libtorch.
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
