namespace MedR1.Modeling;

/// <summary>How a control token's name inside text is treated.</summary>
public enum ControlTokenHandling
{
    /// <summary>As plain text: a user can't insert a control token.</summary>
    AsText,

    /// <summary>As the control token itself: for text written by a program.</summary>
    Parse,
}
