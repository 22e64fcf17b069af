namespace MedR1;

/// <summary>Text in a message, which is never interpreted as control tokens.</summary>
/// <param name="Text">The text, verbatim.</param>
public sealed record TextPart(string Text) : ChatPart;
