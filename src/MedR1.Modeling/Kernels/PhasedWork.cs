using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace MedR1.Modeling;

/// <summary>
/// Runs work in phases, each of which depends on the previous one. All phases run in one parallel region of libtorch's
/// threads with barriers in between, because starting a region for each would take longer than many a phase.
/// </summary>
internal static unsafe class PhasedWork
{
    // The number of processor pauses, tens of microseconds, after which a waiting thread yields.
    private const int PausesBeforeYield = 1 << 10;

    /// <summary>Runs all phases in order.</summary>
    /// <param name="works">The work of all phases, in order.</param>
    /// <param name="ends">The exclusive end of each phase's work.</param>
    public static void Run(ReadOnlySpan<KernelWork> works, ReadOnlySpan<int> ends)
    {
        if (ends.Length == 0)
        {
            return;
        }

        int threads = TorchThreads.Count;
        PartShares.Share* room = stackalloc PartShares.Share[threads];
        fixed (KernelWork* firstWork = works)
        fixed (int* firstEnd = ends)
        {
            Region region = new()
            {
                Works = firstWork,
                Ends = firstEnd,
                Phases = ends.Length,
                Shares = new PartShares(room, threads),
            };
            region.Begin(0);
            TorchThreads.Call(threads, &Enter, &region);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Enter(void* state)
    {
        Region* region = (Region*)state;

        // OpenMP may provide fewer threads than requested.
        int threads = TorchThreads.CountInCall;
        int own = TorchThreads.NumberInCall;
        for (int phase = 0; phase < region->Phases; phase++)
        {
            Work(region, phase, own);
            if (Interlocked.Increment(ref region->Arrived) == threads)
            {
                region->Arrived = 0;
                region->Begin(phase + 1);
                Volatile.Write(ref region->Phase, phase + 1);
            }
            else
            {
                Wait(ref region->Phase, phase);
            }
        }
    }

    private static void Work(Region* region, int phase, int own)
    {
        KernelWork* first = region->Works + region->FirstWork(phase);
        for (int turn = 0; region->Shares.TryTake(own, ref turn, out int part);)
        {
            KernelWork* work = first;
            for (; part >= work->Parts; work++)
            {
                part -= work->Parts;
            }

            work->Do(part);
        }
    }

    private static void Wait(ref int current, int phase)
    {
        for (int pauses = 0; Volatile.Read(ref current) == phase; pauses++)
        {
            if (pauses < PausesBeforeYield && X86Base.IsSupported)
            {
                X86Base.Pause();
            }
            else
            {
                Thread.Yield();
            }
        }
    }

    private struct Region
    {
        public KernelWork* Works;
        public int* Ends;
        public int Phases;
        public PartShares Shares;
        public int Arrived;
        public int Phase;

        public readonly int FirstWork(int phase) => phase == 0 ? 0 : Ends[phase - 1];

        // Called while no thread takes parts.
        public readonly void Begin(int phase)
        {
            if (phase == Phases)
            {
                return;
            }

            long parts = 0;
            for (int work = FirstWork(phase); work < Ends[phase]; work++)
            {
                parts += Works[work].Parts;
            }

            Shares.Divide(parts);
        }
    }
}
