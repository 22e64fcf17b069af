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

    /// <summary>Drops the converted values, because these change or are no longer needed.</summary>
    public void ForgetWidened()
    {
        Widened?.Dispose();
        Widened = null;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        ForgetWidened();
        _owner?.Release(this);
    }
}
