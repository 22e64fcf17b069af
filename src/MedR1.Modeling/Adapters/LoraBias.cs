namespace MedR1.Modeling;

/// <summary>Which biases train beside a LoRA adapter.</summary>
public enum LoraBias
{
    /// <summary>None.</summary>
    None,

    /// <summary>Those of the layers that have an update.</summary>
    LoraOnly,

    /// <summary>All of the network.</summary>
    All,
}
