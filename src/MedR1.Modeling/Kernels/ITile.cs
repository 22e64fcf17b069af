namespace MedR1.Modeling;

/// <summary>The rows and columns whose sums fit a kind of registers, and how <see cref="TileProduct"/> computes them.</summary>
internal unsafe interface ITile
{
    /// <summary>Rows that are summed at a time.</summary>
    static abstract int Rows { get; }

    /// <summary>Columns of a strip.</summary>
    static abstract int Columns { get; }

    /// <summary>Products in a row between two accesses to C, so that what is read of B stays in the nearest cache.</summary>
    static abstract int Depth { get; }

    /// <summary>Computes rows of a strip. Each element is summed from the first product to the last.</summary>
    /// <param name="strip">The columns.</param>
    /// <param name="a">The first row of A.</param>
    /// <param name="c">The first row of C.</param>
    /// <param name="count">Rows.</param>
    static abstract void Multiply(in TileStrip strip, float* a, float* c, int count);
}
