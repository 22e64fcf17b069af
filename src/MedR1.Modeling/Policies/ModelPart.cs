namespace MedR1.Modeling;

/// <summary>The part of the model that a parameter belongs to, for freezing and for learning rates.</summary>
public enum ModelPart
{
    /// <summary>The decoder, including embedding and head.</summary>
    Language,

    /// <summary>The vision tower without its merger.</summary>
    Vision,

    /// <summary>The merger, which projects the tower's output to the decoder's embedding space.</summary>
    Merger,

    /// <summary>An adapter, regardless of the part that it adapts.</summary>
    Adapter,
}
