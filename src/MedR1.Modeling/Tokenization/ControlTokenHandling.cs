namespace MedR1.Modeling;

/// <summary>How the name of a control token inside text is encoded.</summary>
public enum ControlTokenHandling
{
    /// <summary>As plain text, so that a user can't insert a control token.</summary>
    AsText,

    /// <summary>As the control token, for trusted text written by a program.</summary>
    Parse,
}
