namespace MedR1.Training;

/// <summary>Where a trainer resumes from.</summary>
/// <param name="Folder">A checkpoint's folder, or a run's output folder for its latest checkpoint.</param>
/// <param name="IsOptional">Whether a trainer starts anew if no run has left anything there.</param>
internal sealed record ResumePoint(string Folder, bool IsOptional)
{
    /// <summary>The folder; null if a trainer starts anew.</summary>
    public string? Find() => IsOptional && !CheckpointFolders.HasAny(Folder) ? null : Folder;
}
