using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// A decoding step on the CPU, recorded first and then run in one call of libtorch's threads: kernels read the weights as
/// they lie, one phase after the other, with nothing but the threads' waiting for each other in between. What needs
/// nothing of each other falls into one phase by itself. Every row is computed in one order: it does not depend on the
/// other rows and the number of threads, bit for bit.
/// </summary>
internal sealed unsafe partial class CpuStepRecorder : StepRecorder
{
    private readonly int _rows;
    private readonly ScalarType _type;
    private readonly SlotKeyValueCache _cache;
    private readonly StepMemory _memory;
    private readonly DecodePlan _plan;
    private readonly DecodeRow* _planRows;
    private readonly DecodePlan.Run* _planRuns;
    private readonly List<List<KernelWork>> _phases = [];
    private readonly List<Freed> _freed = [];

    // Kept alive: the kernels read them through their addresses.
    private readonly List<Tensor> _used = [];

    private CpuStepRecorder(SlotKeyValueCache cache, DecodePlan plan)
    {
        _rows = plan.Rows.Length;
        _type = cache.DataType;
        _cache = cache;
        _memory = cache.StepMemory;
        _memory.Begin();
        _plan = plan;
        _planRows = _memory.Copy<DecodeRow>(_plan.Rows);
        _planRuns = _memory.Copy<DecodePlan.Run>(_plan.Runs);
    }

    private bool IsBrainFloat => _type == ScalarType.BFloat16;

    /// <summary>
    /// Begins a step, of which one at a time is recorded and run on a cache. In float32 there are kernels for any, in bfloat16
    /// for as many rows as the kernel that reads weights as they lie is the fastest for.
    /// </summary>
    public static CpuStepRecorder? TryCreate(DecodePattern pattern)
    {
        SlotKeyValueCache cache = pattern.Cache;
        int rows = pattern.Plan.Rows.Length;
        bool fits = !cache.AttendsByTensors && rows > 0
            && (cache.DataType == ScalarType.Float32
                || (BrainFloatProduct.IsSupported && rows <= BrainFloatProduct.MostRows && !PackedLayers.ArePreferred(rows)));
        return fits ? new CpuStepRecorder(cache, pattern.Plan) : null;
    }

    /// <inheritdoc/>
    public override void Run()
    {
        KernelWork[] works = [.. _phases.SelectMany(phase => phase)];
        int[] ends = new int[_phases.Count];
        for (int phase = 0, end = 0; phase < ends.Length; phase++)
        {
            ends[phase] = end += _phases[phase].Count;
        }

        PhasedWork.Run(works, ends);
        GC.KeepAlive(_used);
        GC.KeepAlive(_cache);
    }

    public void Release(CpuStepValues values) =>
        _freed.Add(new Freed((nint)values.Address, BytesOf(values.Width), values.LastPhase));

    // The phase after the last one that produces any of these values; from now on they are in use until that phase.
    private static int PhaseAfter(params ReadOnlySpan<CpuStepValues> values)
    {
        int phase = 0;
        foreach (CpuStepValues one in values)
        {
            phase = Math.Max(phase, one.Phase + 1);
        }

        foreach (CpuStepValues one in values)
        {
            one.LastPhase = Math.Max(one.LastPhase, phase);
        }

        return phase;
    }

    // An in-place change waits for all readers of the old values.
    private static int PhaseOfChange(CpuStepValues values) => values.Phase = ++values.LastPhase;

    private void Record<TJob>(int phase, TJob job, delegate*<void*, int, void> body, int parts)
        where TJob : unmanaged
    {
        while (_phases.Count <= phase)
        {
            _phases.Add([]);
        }

        _phases[phase].Add(new KernelWork(body, _memory.Copy<TJob>([job]), parts));
    }

    // Freed memory is in use until its last phase is over.
    private CpuStepValues Make(int width, int phase)
    {
        long bytes = BytesOf(width);
        int place = _freed.FindIndex(free => free.Bytes == bytes && free.LastPhase < phase);
        if (place < 0)
        {
            return new CpuStepValues(this, _memory.Take(bytes), width, phase);
        }

        void* address = (void*)_freed[place].Address;
        _freed.RemoveAt(place);
        return new CpuStepValues(this, address, width, phase);
    }

    // As float32, the data type in which low-rank updates are computed.
    private long BytesOf(int width) => (long)_rows * width * sizeof(float);

    private void* AddressOf(Tensor tensor)
    {
        _used.Add(tensor);
        return (void*)TensorMemory.AddressOf(tensor);
    }

    private readonly record struct Freed(nint Address, long Bytes, int LastPhase);
}
