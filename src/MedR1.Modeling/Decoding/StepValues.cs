namespace MedR1.Modeling;

/// <summary>
/// Values <c>[rows, width]</c> of a recorded step, computed when the step runs (<see cref="StepRecorder"/>). Dispose them once no
/// later operation needs them, so that other values can reuse their memory.
/// </summary>
public abstract class StepValues : IDisposable
{
    private protected StepValues(int width) => Width = width;

    /// <summary>The width of a row.</summary>
    public int Width { get; }

    /// <inheritdoc/>
    public abstract void Dispose();
}
