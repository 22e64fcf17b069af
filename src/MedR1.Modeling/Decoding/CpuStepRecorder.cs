using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// A decode step on the CPU, recorded first and then run in one parallel region of libtorch's threads. Kernels read the
/// weights in their stored layout, phase by phase, with only a barrier of the threads in between; independent operations
/// share a phase. The order of summation within a row is fixed, so that a row's result does not depend on the other rows
/// or the number of threads, bit for bit.
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

    // Keeps tensors alive that the kernels access by address.
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
    /// Begins a step; a cache supports one step at a time. Returns <see langword="null"/> in bfloat16 if the number of rows exceeds
    /// that for which the kernel that reads weights in their stored layout is the fastest; float32 has no such limit.
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

    // Returns the phase after the last one that produces any of these values, and marks the values as in use until then.
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

    // An in-place change follows all readers of the old values.
    private static int PhaseOfChange(CpuStepValues values)
    {
        values.ForgetCopies();
        return values.Phase = ++values.LastPhase;
    }

    private void Record<TJob>(int phase, TJob job, delegate*<void*, int, void> body, int parts)
        where TJob : unmanaged
    {
        while (_phases.Count <= phase)
        {
            _phases.Add([]);
        }

        _phases[phase].Add(new KernelWork(body, _memory.Copy<TJob>([job]), parts));
    }

    // Freed memory can be reused only after the last phase that uses it.
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

    // Sized for float32, because low-rank updates are computed in that type.
    private long BytesOf(int width) => (long)_rows * width * sizeof(float);

    private void* AddressOf(Tensor tensor)
    {
        _used.Add(tensor);
        return (void*)TensorMemory.AddressOf(tensor);
    }

    private readonly record struct Freed(nint Address, long Bytes, int LastPhase);
}
