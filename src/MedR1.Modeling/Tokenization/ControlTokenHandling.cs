namespace MedR1.Modeling;

/// <summary>What becomes of a control token's name inside text.</summary>
public enum ControlTokenHandling
{
    /// <summary>Plain text: a user can't say a control token.</summary>
    AsText,

    /// <summary>The control token itself: for text that a program wrote.</summary>
    Parse,
}
