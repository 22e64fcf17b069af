namespace MedR1.Datasets;

/// <summary>A message as a file describes it.</summary>
/// <param name="Role">The role's name.</param>
/// <param name="Text">The content, if it is one text.</param>
/// <param name="Parts">The content, if it is a list of parts.</param>
internal sealed record WrittenMessage(string Role, string? Text, IEnumerable<WrittenPart> Parts);
