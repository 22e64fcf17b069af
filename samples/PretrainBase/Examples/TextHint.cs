namespace MedR1.Samples.PretrainBase;

/// <summary>The hint that determines the answer of a question in text.</summary>
internal enum TextHint
{
    /// <summary>The option's letter.</summary>
    Letter,

    /// <summary>A statement before the question.</summary>
    Statement,

    /// <summary>Nothing: any option will do.</summary>
    None,
}
