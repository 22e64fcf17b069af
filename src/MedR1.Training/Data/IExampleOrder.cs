namespace MedR1.Training;

/// <summary>
/// In which order a trainer takes examples. Positions run on over the epochs, so a position alone says where a run
/// stands.
/// </summary>
/// <remarks>
/// Called from one thread at a time. The same position must give the same index, else a resumed run is another run.
/// </remarks>
public interface IExampleOrder
{
    /// <summary>The example at a position.</summary>
    /// <param name="position">How many examples were taken before, from 0.</param>
    /// <param name="count">How many examples there are, at least 1.</param>
    /// <returns>An index below <paramref name="count"/>.</returns>
    int IndexAt(long position, int count);
}
