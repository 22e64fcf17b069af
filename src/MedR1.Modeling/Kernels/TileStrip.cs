namespace MedR1.Modeling;

/// <summary>Adjacent columns of B in <see cref="TileProduct"/>, and what is the same for all rows.</summary>
internal unsafe struct TileStrip
{
    /// <summary>From a row of A to the next.</summary>
    public long RowStride;

    /// <summary>From a number of a row of A to the next.</summary>
    public long DepthStride;

    /// <summary>The first row.</summary>
    public float* B;

    /// <summary>From a row of B to the next.</summary>
    public long BStride;

    /// <summary>From a row of C to the next.</summary>
    public long CStride;

    /// <summary>Rows of B.</summary>
    public int Depth;

    /// <summary>Whether C holds the sums of the products before.</summary>
    public bool Adds;
}
