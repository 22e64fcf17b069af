namespace MedR1.Training;

/// <summary>Identifies a completion in a rollout.</summary>
/// <param name="Group">The index of its group.</param>
/// <param name="Sample">Its index in the group.</param>
public readonly record struct CompletionIndex(int Group, int Sample);
