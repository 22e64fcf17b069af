namespace MedR1.Training;

/// <summary>
/// The order in which a trainer takes examples. Positions continue across epochs, so that a position alone tells how far a run has
/// progressed.
/// </summary>
/// <remarks>
/// Called from one thread at a time. The same position must give the same index; otherwise a resumed run would be a different run.
/// </remarks>
public interface IExampleOrder
{
    /// <summary>The example at a position.</summary>
    /// <param name="position">The number of examples taken before, from 0.</param>
    /// <param name="count">How many examples there are, at least 1.</param>
    /// <returns>An index below <paramref name="count"/>.</returns>
    int IndexAt(long position, int count);
}
