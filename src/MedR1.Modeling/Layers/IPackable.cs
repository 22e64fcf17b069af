namespace MedR1.Modeling;

/// <summary>
/// A layer that can compute with a second copy of its weights, in the layout in which the processor multiplies fastest. While it
/// does, the weights must not change.
/// </summary>
public interface IPackable
{
    /// <summary>Bytes that <see cref="Pack"/> would take now: 0 if the copy exists or would bring no benefit.</summary>
    long BytesToPack { get; }

    /// <summary>Computes with the copy from now on, creating it if necessary.</summary>
    void Pack();

    /// <summary>Computes with the weights themselves again.</summary>
    /// <param name="keep">
    /// Whether the copy is kept for the next <see cref="Pack"/>, which uses it if the weights haven't changed by then. The copy
    /// of weights that take gradients is dropped all the same: they are about to change.
    /// </param>
    void Unpack(bool keep);
}
