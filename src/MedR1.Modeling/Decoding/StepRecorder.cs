using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// A decoding step on the CPU, recorded first and then run in one call of libtorch's threads: kernels read the weights as
/// they lie, one phase after the other, with nothing but the threads' waiting for each other in between. What needs
/// nothing of each other falls into one phase by itself. Every row is computed in one order: it does not depend on the
/// other rows and the number of threads, bit for bit.
/// </summary>
public sealed unsafe partial class StepRecorder
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

    // Read by the kernels through their addresses.
    private readonly List<Tensor> _used = [];

    /// <summary>Begins a step.</summary>
    /// <param name="cache">The cache; of the steps on it one at a time is recorded and run.</param>
    /// <param name="rows">The rows, each with room for a token; those of a prompt stand together.</param>
    /// <exception cref="NotSupportedException">Such a step has no kernels (<see cref="Fits"/>).</exception>
    public StepRecorder(SlotKeyValueCache cache, IReadOnlyList<DecodeRow> rows)
    {
        ArgumentNullException.ThrowIfNull(cache);
        ArgumentNullException.ThrowIfNull(rows);
        if (!Fits(cache, rows.Count))
        {
            throw new NotSupportedException(
                $"No kernels make a step of {rows.Count} rows in {cache.DataType} on {cache.Device}; ask Fits first.");
        }

        cache.Check(rows);
        _rows = rows.Count;
        _type = cache.DataType;
        _cache = cache;
        _memory = cache.StepMemory;
        _memory.Begin();
        _plan = DecodeAttention.Plan(rows, cache);
        _planRows = _memory.Copy<DecodeRow>(_plan.Rows);
        _planRuns = _memory.Copy<DecodePlan.Run>(_plan.Runs);
    }

    private bool IsBrainFloat => _type == ScalarType.BFloat16;

    /// <summary>
    /// Whether there are kernels for a step: in float32 for any, in bfloat16 for as many rows as the kernel that reads
    /// weights as they lie is the fastest for.
    /// </summary>
    /// <param name="cache">The cache.</param>
    /// <param name="rows">Rows of the step.</param>
    public static bool Fits(SlotKeyValueCache cache, int rows)
    {
        ArgumentNullException.ThrowIfNull(cache);
        return DecodeAttention.Fits(cache) && !cache.AttendsByTensors && rows > 0
            && (cache.DataType == ScalarType.Float32
                || (BrainFloatProduct.IsSupported && !PackedLayers.ArePreferred(rows)));
    }

    /// <summary>Does what was recorded.</summary>
    public void Run()
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

    internal void Release(StepValues values) =>
        _freed.Add(new Freed((nint)values.Address, BytesOf(values.Width), values.LastPhase));

    // The phase after the last that makes one of the values, which from then on are in use until then.
    private static int PhaseAfter(params ReadOnlySpan<StepValues> values)
    {
        int phase = 0;
        foreach (StepValues one in values)
        {
            phase = Math.Max(phase, one.Phase + 1);
        }

        foreach (StepValues one in values)
        {
            one.LastPhase = Math.Max(one.LastPhase, phase);
        }

        return phase;
    }

    // What changes values waits for all that read them as they were.
    private static int PhaseOfChange(StepValues values) => values.Phase = ++values.LastPhase;

    private void Record<TJob>(int phase, TJob job, delegate*<void*, int, void> body, int parts)
        where TJob : unmanaged
    {
        while (_phases.Count <= phase)
        {
            _phases.Add([]);
        }

        _phases[phase].Add(new KernelWork(body, _memory.Copy<TJob>([job]), parts));
    }

    // Memory that was freed is in use until its last phase is over.
    private StepValues Make(int width, int phase)
    {
        long bytes = BytesOf(width);
        int place = _freed.FindIndex(free => free.Bytes == bytes && free.LastPhase < phase);
        if (place < 0)
        {
            return new StepValues(this, _memory.Take(bytes), width, phase);
        }

        void* address = (void*)_freed[place].Address;
        _freed.RemoveAt(place);
        return new StepValues(this, address, width, phase);
    }

    // As float32, which is what a low-rank update computes in.
    private long BytesOf(int width) => (long)_rows * width * sizeof(float);

    private void* AddressOf(Tensor tensor)
    {
        _used.Add(tensor);
        return (void*)TensorMemory.AddressOf(tensor);
    }

    private readonly record struct Freed(nint Address, long Bytes, int LastPhase);
}
