namespace MedR1.Samples.PretrainBase;

/// <summary>A conversation to learn: every answer in it counts, but not the user's text.</summary>
/// <param name="Messages">Turns of user and assistant, ending with the assistant's.</param>
internal sealed record PretrainingExample(IReadOnlyList<ChatMessage> Messages);
