namespace MedR1.Models.Qwen2VL;

/// <summary>A piece of a rendered conversation.</summary>
/// <param name="Text">The text; for a control token, its name.</param>
/// <param name="IsControl">
/// Whether the template put it there as a control token. Adjacent pieces of plain text are one segment, because BPE may merge
/// across the boundary between the template's text and the user's.
/// </param>
public readonly record struct PromptSegment(string Text, bool IsControl);
