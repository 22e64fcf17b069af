namespace MedR1.Modeling;

/// <summary>
/// A layer that can keep a second copy of its weights in the layout in which the processor multiplies fastest. While it
/// does, the weights must not change.
/// </summary>
public interface IPackable
{
    /// <summary>Packs the weights, where that brings something; does nothing if they are packed.</summary>
    void Pack();

    /// <summary>Drops the copy.</summary>
    void Unpack();
}
