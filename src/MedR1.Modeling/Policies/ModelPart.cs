namespace MedR1.Modeling;

/// <summary>What a parameter is a part of, for freezing and for learning rates.</summary>
public enum ModelPart
{
    /// <summary>The decoder with table and head.</summary>
    Language,

    /// <summary>The vision tower without its merger.</summary>
    Vision,

    /// <summary>What makes the decoder's vectors of the tower's.</summary>
    Merger,

    /// <summary>An adapter, wherever it sits.</summary>
    Adapter,
}
