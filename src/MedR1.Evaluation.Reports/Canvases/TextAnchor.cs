namespace MedR1.Evaluation.Reports;

/// <summary>Which part of a text is at its point.</summary>
internal enum TextAnchor
{
    Start,
    Middle,
    End,
}
