namespace MedR1.Evaluation.Reports;

/// <summary>The part of a text that is placed at its position.</summary>
internal enum TextAnchor
{
    Start,
    Middle,
    End,
}
