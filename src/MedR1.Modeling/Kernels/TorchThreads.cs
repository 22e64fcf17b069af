using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MedR1.Modeling;

/// <summary>
/// Runs work on the OpenMP threads of libtorch. Threads of another pool would compete with them for the processors: they
/// spin for a while after each operator.
/// </summary>
internal static unsafe class TorchThreads
{
    private static readonly Lazy<nint> s_parallel = new(FindParallel);

    /// <summary>Runs <paramref name="body"/> once for each part, on as many threads as libtorch uses.</summary>
    /// <param name="parts">How many parts.</param>
    /// <param name="body">Takes <paramref name="state"/> and a part's number; must not throw.</param>
    /// <param name="state">What the parts share.</param>
    public static void Run(int parts, delegate*<void*, int, void> body, void* state)
    {
        Work work = new() { Body = body, State = state, Parts = parts };
        int threads = Math.Min(parts, TorchSharp.torch.get_num_threads());
        if (threads > 1 && s_parallel.Value != 0)
        {
            ((delegate* unmanaged[Cdecl]<nint, void*, uint, uint, void>)s_parallel.Value)(
                (nint)(delegate* unmanaged[Cdecl]<Work*, void>)&Enter, &work, (uint)threads, 0);
        }
        else
        {
            Take(&work);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Enter(Work* work) => Take(work);

    // Parts are taken, not dealt out: a thread that the system holds up leaves more to the others.
    private static void Take(Work* work)
    {
        for (int part; (part = Interlocked.Increment(ref work->Taken) - 1) < work->Parts;)
        {
            work->Body(work->State, part);
        }
    }

    private static nint FindParallel() =>
        LoadedLibraries.FindBeginningWith("libgomp") is string path
            && NativeLibrary.TryLoad(path, out nint library)
            && NativeLibrary.TryGetExport(library, "GOMP_parallel", out nint function) ? function : 0;

    private struct Work
    {
        public delegate*<void*, int, void> Body;
        public void* State;
        public int Parts;
        public int Taken;
    }
}
