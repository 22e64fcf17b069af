namespace MedR1.Models.Qwen2VL;

/// <summary>A segment of a rendered conversation.</summary>
/// <param name="Text">The text; for a control token, its name.</param>
/// <param name="IsControl">
/// Whether the segment is a control token of the template. Adjacent plain text is one segment, because BPE may merge across the
/// boundary between the template's text and the user's.
/// </param>
public readonly record struct PromptSegment(string Text, bool IsControl);
