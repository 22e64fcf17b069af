namespace MedR1.Modeling;

/// <summary>Values of a step on the CPU, with the phases that make and read them.</summary>
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

    /// <summary>The phase that makes or last changes them; −1 for what is there before the step.</summary>
    public int Phase { get; set; }

    /// <summary>The last phase that touches them.</summary>
    public int LastPhase { get; set; }

    /// <summary>The same as float32, once it was asked for.</summary>
    public CpuStepValues? Widened { get; set; }

    /// <inheritdoc/>
    public override void Dispose()
    {
        Widened?.Dispose();
        Widened = null;
        _owner?.Release(this);
    }
}
