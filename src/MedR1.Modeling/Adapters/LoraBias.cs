namespace MedR1.Modeling;

/// <summary>The biases that are trained along with a LoRA adapter.</summary>
public enum LoraBias
{
    /// <summary>None.</summary>
    None,

    /// <summary>The biases of the layers that have a low-rank update.</summary>
    LoraOnly,

    /// <summary>All biases of the network.</summary>
    All,
}
