namespace MedR1.Modeling;

/// <summary>
/// A layer that can compute with a packed copy of its weights, in the layout that the processor multiplies fastest. While the copy
/// is in use, the weights must not change.
/// </summary>
public interface IPackable
{
    /// <summary>The bytes that <see cref="Pack"/> would allocate now; 0 if the copy exists or would not help.</summary>
    long BytesToPack { get; }

    /// <summary>Switches to the packed copy, creating it if necessary.</summary>
    void Pack();

    /// <summary>Switches back to the original weights.</summary>
    /// <param name="keep">
    /// Whether to keep the copy for the next <see cref="Pack"/>, which reuses it if the weights haven't changed. Copies of
    /// trainable weights are always dropped, because these are about to change.
    /// </param>
    void Unpack(bool keep);
}
