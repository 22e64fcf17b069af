namespace MedR1.Modeling;

/// <summary>The part of the model that a parameter belongs to, for freezing and for learning rates.</summary>
public enum ModelPart
{
    /// <summary>The decoder with embedding and head.</summary>
    Language,

    /// <summary>The vision tower without its merger.</summary>
    Vision,

    /// <summary>Turns the tower's vectors into the decoder's.</summary>
    Merger,

    /// <summary>An adapter, whatever part it changes.</summary>
    Adapter,
}
