namespace MedR1.Modeling;

/// <summary>The kind of a layer, as far as adapters distinguish it.</summary>
public enum AdaptableLayerKind
{
    /// <summary>A weight matrix with an optional bias.</summary>
    Linear,

    /// <summary>An embedding table.</summary>
    Embedding,

    /// <summary>A convolution whose kernel size equals its stride, computed as a matrix product.</summary>
    Convolution,

    /// <summary>A gain with an optional bias; it takes no low-rank update, but can be trained as a whole.</summary>
    Normalization,
}
