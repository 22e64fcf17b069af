namespace MedR1.Modeling;

/// <summary>
/// Values <c>[rows, width]</c> that exist once a step has run (<see cref="StepRecorder"/>). Dispose them when nothing recorded
/// later needs them: other values reuse their memory.
/// </summary>
public abstract class StepValues : IDisposable
{
    private protected StepValues(int width) => Width = width;

    /// <summary>Width of a row.</summary>
    public int Width { get; }

    /// <inheritdoc/>
    public abstract void Dispose();
}
