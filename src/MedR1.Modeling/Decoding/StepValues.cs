namespace MedR1.Modeling;

/// <summary>
/// Values <c>[rows, width]</c> that a step will have made once it has run (<see cref="StepRecorder"/>). Dispose them when
/// nothing that is recorded later needs them: others take their place.
/// </summary>
public abstract class StepValues : IDisposable
{
    private protected StepValues(int width) => Width = width;

    /// <summary>Width of a row.</summary>
    public int Width { get; }

    /// <inheritdoc/>
    public abstract void Dispose();
}
