namespace MedR1.Evaluation.Reports;

/// <summary>How a text is drawn.</summary>
internal readonly record struct TextStyle(double Size, Color Color, TextAnchor Anchor = TextAnchor.Start, bool Bold = false)
{
    /// <summary>Whether the text runs from bottom to top.</summary>
    public bool Upwards { get; init; }
}
