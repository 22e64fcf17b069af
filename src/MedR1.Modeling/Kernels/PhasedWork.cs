using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace MedR1.Modeling;

/// <summary>
/// Work in phases, each of which needs what the one before has made. libtorch's threads are called together once for all
/// phases and wait for each other between two; to call them for each takes longer than many a phase.
/// </summary>
internal static unsafe class PhasedWork
{
    // Processor pauses, some tens of microseconds, until a waiting thread yields to others.
    private const int PausesBeforeYield = 1 << 10;

    /// <summary>Does the work of all phases, one phase after the other.</summary>
    /// <param name="works">The works, by phase.</param>
    /// <param name="ends">For each phase where its works end.</param>
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

        // There may be fewer than requested.
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

        // No thread works during this.
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
