namespace MedR1.Modeling;

/// <summary>What a tensor of an adapter is.</summary>
internal enum LoraRole
{
    /// <summary>A, from the input to the rank.</summary>
    Down,

    /// <summary>B, from the rank to the output.</summary>
    Up,

    /// <summary>B's bias.</summary>
    UpBias,

    /// <summary>DoRA's magnitude.</summary>
    Magnitude,

    /// <summary>A copy of the layer's weight.</summary>
    Weight,

    /// <summary>A copy of the layer's bias.</summary>
    Bias,
}
