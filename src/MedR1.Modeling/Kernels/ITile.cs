namespace MedR1.Modeling;

/// <summary>A tile of C whose sums fit the registers of a processor, and its computation for <see cref="TileProduct"/>.</summary>
internal unsafe interface ITile
{
    /// <summary>The number of rows that are summed at a time.</summary>
    static abstract int Rows { get; }

    /// <summary>The number of columns of a strip.</summary>
    static abstract int Columns { get; }

    /// <summary>The number of products summed between two accesses to C; small enough for B's part to stay in the L1 cache.</summary>
    static abstract int Depth { get; }

    /// <summary>Computes rows of a strip. Each element is summed from the first product to the last.</summary>
    /// <param name="strip">The strip.</param>
    /// <param name="a">The first row of A.</param>
    /// <param name="c">The first row of C.</param>
    /// <param name="count">The number of rows.</param>
    static abstract void Multiply(in TileStrip strip, float* a, float* c, int count);
}
