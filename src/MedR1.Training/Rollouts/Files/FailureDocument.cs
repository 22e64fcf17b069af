namespace MedR1.Training;

/// <summary>A reward's failure in a file.</summary>
internal sealed record FailureDocument(string Reward, RewardFailureKind Kind, string Message);
