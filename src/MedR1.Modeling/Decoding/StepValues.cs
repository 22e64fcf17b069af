namespace MedR1.Modeling;

/// <summary>
/// Values <c>[rows, width]</c> that a step will have made once it has run (<see cref="StepRecorder"/>). Dispose them when
/// nothing that is recorded later needs them: others take their place.
/// </summary>
public sealed unsafe class StepValues : IDisposable
{
    private readonly StepRecorder? _owner;

    internal StepValues(StepRecorder? owner, void* address, int width, int phase)
    {
        _owner = owner;
        Address = address;
        Width = width;
        Phase = phase;
        LastPhase = phase;
    }

    /// <summary>Width of a row.</summary>
    public int Width { get; }

    internal void* Address { get; }

    /// <summary>The phase that makes or last changes them; −1 for what is there before the step.</summary>
    internal int Phase { get; set; }

    /// <summary>The last phase that touches them.</summary>
    internal int LastPhase { get; set; }

    /// <summary>The same as float32, once it was asked for.</summary>
    internal StepValues? Widened { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Widened?.Dispose();
        Widened = null;
        _owner?.Release(this);
    }
}
