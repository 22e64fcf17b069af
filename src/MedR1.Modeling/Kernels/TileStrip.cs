namespace MedR1.Modeling;

/// <summary>Adjacent columns of B in <see cref="TileProduct"/>, with the values that are common to all rows.</summary>
internal unsafe struct TileStrip
{
    /// <summary>The distance between rows of A.</summary>
    public long RowStride;

    /// <summary>The distance between elements in a row of A.</summary>
    public long DepthStride;

    /// <summary>The first row of the strip in B.</summary>
    public float* B;

    /// <summary>The distance between rows of B.</summary>
    public long BStride;

    /// <summary>The distance between rows of C.</summary>
    public long CStride;

    /// <summary>The number of rows of B.</summary>
    public int Depth;

    /// <summary>Whether C contains the sums of preceding products, to which the products are added.</summary>
    public bool Adds;
}
