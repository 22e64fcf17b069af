namespace MedR1;

/// <summary>Why a completion ended.</summary>
public enum StopReason
{
    /// <summary>The model generated an end token, which is the last token.</summary>
    EndToken,

    /// <summary>A stop string appeared in the text.</summary>
    StopString,

    /// <summary>The maximum number of new tokens was reached: the completion is truncated.</summary>
    Length,

    /// <summary>The model's context was full: the completion is truncated.</summary>
    ContextFull,

    /// <summary>The caller cancelled: the completion is truncated.</summary>
    Cancelled,
}
