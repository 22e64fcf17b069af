namespace MedR1.Training;

/// <summary>A replay buffer in a file.</summary>
internal sealed record ReplayDocument(IReadOnlyList<GroupDocument> Groups);
