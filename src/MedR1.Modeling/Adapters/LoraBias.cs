namespace MedR1.Modeling;

/// <summary>Which biases are trained along with a LoRA adapter.</summary>
public enum LoraBias
{
    /// <summary>None.</summary>
    None,

    /// <summary>Those of the layers that have an update.</summary>
    LoraOnly,

    /// <summary>All biases of the network.</summary>
    All,
}
