namespace MedR1.Training;

/// <summary>Names a completion of a rollout.</summary>
/// <param name="Group">The place of its group.</param>
/// <param name="Sample">Its place in the group.</param>
public readonly record struct CompletionIndex(int Group, int Sample);
