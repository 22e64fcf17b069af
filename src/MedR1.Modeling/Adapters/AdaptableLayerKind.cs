namespace MedR1.Modeling;

/// <summary>What a layer computes, as far as it matters to adapters.</summary>
public enum AdaptableLayerKind
{
    /// <summary>A matrix and possibly a bias.</summary>
    Linear,

    /// <summary>An embedding table.</summary>
    Embedding,

    /// <summary>A convolution whose kernel is as large as its stride, computed as a matrix.</summary>
    Convolution,

    /// <summary>A gain and possibly a bias; it takes no low-rank update, but can be trained as a whole.</summary>
    Normalization,
}
