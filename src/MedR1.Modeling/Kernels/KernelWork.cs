namespace MedR1.Modeling;

/// <summary>Work in parts that don't depend on each other.</summary>
/// <param name="Body">Takes the state and a part's number; must not throw.</param>
/// <param name="State">What the parts share; it stays where it is until they are done.</param>
/// <param name="Parts">How many parts.</param>
internal readonly unsafe struct KernelWork(delegate*<void*, int, void> Body, void* State, int Parts)
{
    /// <summary>How many parts.</summary>
    public int Parts { get; } = Parts;

    /// <summary>Does a part.</summary>
    public void Do(int part) => Body(State, part);
}
