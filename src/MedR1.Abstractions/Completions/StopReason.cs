namespace MedR1;

/// <summary>Why a completion ended.</summary>
public enum StopReason
{
    /// <summary>The model said an end token; it is the last of the tokens.</summary>
    EndToken,

    /// <summary>A stop string appeared in the text.</summary>
    StopString,

    /// <summary>The most new tokens were reached: the completion is truncated.</summary>
    Length,

    /// <summary>The model's context was full: the completion is truncated.</summary>
    ContextFull,

    /// <summary>The caller cancelled: the completion is truncated.</summary>
    Cancelled,
}
