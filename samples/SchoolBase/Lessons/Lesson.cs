namespace MedR1.Samples.SchoolBase;

/// <summary>A conversation to learn: every answer in it counts, what the user says doesn't.</summary>
/// <param name="Messages">Turns of user and assistant, the assistant's last.</param>
internal sealed record Lesson(IReadOnlyList<ChatMessage> Messages);
