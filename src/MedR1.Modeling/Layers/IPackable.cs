namespace MedR1.Modeling;

/// <summary>
/// A layer that can compute with a second copy of its weights, in the layout in which the processor multiplies fastest.
/// While it does, the weights must not change.
/// </summary>
public interface IPackable
{
    /// <summary>Bytes that <see cref="Pack"/> would take now: 0 if the copy is there or would bring nothing.</summary>
    long BytesToPack { get; }

    /// <summary>Computes with the copy from now on, made if it isn't there.</summary>
    void Pack();

    /// <summary>Computes with the weights themselves again.</summary>
    /// <param name="keep">
    /// Whether the copy stays for the next <see cref="Pack"/>, which takes it if the weights haven't changed by then. The
    /// copy of weights that take gradients is dropped all the same: they are about to change.
    /// </param>
    void Unpack(bool keep);
}
