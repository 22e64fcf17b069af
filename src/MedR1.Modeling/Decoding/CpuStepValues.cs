namespace MedR1.Modeling;

/// <summary>Values of a step on the CPU, with the phases that produce and read them.</summary>
internal sealed unsafe class CpuStepValues : StepValues
{
    private readonly CpuStepRecorder? _owner;

    public CpuStepValues(CpuStepRecorder? owner, void* address, int width, int phase)
        : base(width)
    {
        _owner = owner;
        Address = address;
        Phase = phase;
        LastPhase = phase;
    }

    public void* Address { get; }

    /// <summary>The phase that produces or last changes the values; −1 for values that exist before the step.</summary>
    public int Phase { get; set; }

    /// <summary>The last phase that reads or writes the values.</summary>
    public int LastPhase { get; set; }

    /// <summary>The values converted to float32, once requested.</summary>
    public CpuStepValues? Widened { get; set; }

    /// <summary>The values arranged for <see cref="BrainFloatProduct"/>, once requested.</summary>
    public CpuStepValues? Interleaved { get; set; }

    /// <summary>Drops the copies, because the values change or are no longer needed.</summary>
    public void ForgetCopies()
    {
        Widened?.Dispose();
        Widened = null;
        Interleaved?.Dispose();
        Interleaved = null;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        ForgetCopies();
        _owner?.Release(this);
    }
}
