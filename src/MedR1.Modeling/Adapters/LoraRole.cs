namespace MedR1.Modeling;

/// <summary>The role of an adapter's tensor.</summary>
internal enum LoraRole
{
    /// <summary>A, which projects the input down to the rank.</summary>
    Down,

    /// <summary>B, which projects from the rank up to the output.</summary>
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
