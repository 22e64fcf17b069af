namespace MedR1.Models.Qwen2VL;

/// <summary>A part of a message, as input to the template.</summary>
/// <param name="Kind">The kind of the part.</param>
/// <param name="Text">The text; empty for images and videos.</param>
internal readonly record struct TemplatePart(TemplatePartKind Kind, string Text = "");

/// <summary>The kind of a message part.</summary>
internal enum TemplatePartKind
{
    Text,
    Image,
    Video,
}

/// <summary>A message, as input to the template.</summary>
/// <param name="Role">The role of the author.</param>
/// <param name="Parts">The parts, in order.</param>
internal sealed record TemplateMessage(string Role, IReadOnlyList<TemplatePart> Parts);
