namespace MedR1.Modeling;

/// <summary>Work that consists of independent parts.</summary>
/// <param name="Body">Computes a part, given the state and the index of the part; must not throw.</param>
/// <param name="State">The state shared by all parts; must stay valid until all parts are done.</param>
/// <param name="Parts">The number of parts.</param>
internal readonly unsafe struct KernelWork(delegate*<void*, int, void> Body, void* State, int Parts)
{
    /// <summary>The number of parts.</summary>
    public int Parts { get; } = Parts;

    /// <summary>Computes a part.</summary>
    public void Do(int part) => Body(State, part);
}
