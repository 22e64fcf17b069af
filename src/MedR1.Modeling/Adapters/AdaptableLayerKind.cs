namespace MedR1.Modeling;

/// <summary>What a layer computes, as far as adapters care.</summary>
public enum AdaptableLayerKind
{
    /// <summary>A matrix and perhaps a bias.</summary>
    Linear,

    /// <summary>A table of vectors.</summary>
    Embedding,

    /// <summary>A convolution whose kernel is as large as its stride, computed as a matrix.</summary>
    Convolution,

    /// <summary>A gain and perhaps a bias; it takes no low-rank update, but may be trained as a whole.</summary>
    Normalization,
}
