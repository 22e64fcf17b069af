namespace MedR1.Models.Qwen2VL;

/// <summary>A piece of a message as the template sees it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The text; empty for pictures and videos.</param>
internal readonly record struct TemplatePart(TemplatePartKind Kind, string Text = "");

/// <summary>What a piece of a message is to the template.</summary>
internal enum TemplatePartKind
{
    Text,
    Image,
    Video,
}

/// <summary>A message as the template sees it.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Parts">The pieces in their order.</param>
internal sealed record TemplateMessage(string Role, IReadOnlyList<TemplatePart> Parts);
