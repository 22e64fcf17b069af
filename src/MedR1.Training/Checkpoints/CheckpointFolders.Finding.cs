namespace MedR1.Training;

/// <content>Finds a checkpoint to resume from, while a different process may be writing there.</content>
internal sealed partial class CheckpointFolders
{
    // A process that replaces a checkpoint is only briefly between its two renames.
    private const int Looks = 20;
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// Finds the checkpoint that a path refers to: the folder itself, or the latest checkpoint of an output folder. If a killed run was
    /// about to replace it, the folder that the run put aside is returned; nothing is moved, since another process may be replacing the
    /// checkpoint right now.
    /// </summary>
    /// <exception cref="CheckpointException">There is no checkpoint.</exception>
    public static string Find(string folder)
    {
        string named = Pointed(folder) is string pointed ? Path.Combine(folder, pointed) : folder;
        string place = Path.TrimEndingDirectorySeparator(Path.GetFullPath(named));
        return new CheckpointFolders(Path.GetDirectoryName(place) ?? place).Whole(Path.GetFileName(place))
            ?? new CheckpointFolders(folder).Newest()
            ?? throw new CheckpointException(
                $"'{named}' is not a checkpoint: it has no {StateFile}. Give a folder such as runs/first/step-000500, or the "
                + $"output folder of a run, which has a file '{Latest}'.");
    }

    /// <summary>
    /// Whether a run has left something to resume from: a checkpoint, even if nothing points to it yet, or a trace of one. If a trace is
    /// unusable, <see cref="Find"/> reports that, since starting anew would destroy it.
    /// </summary>
    public static bool HasAny(string folder)
    {
        CheckpointFolders folders = new(folder);
        return IsCheckpoint(folder) || File.Exists(Path.Combine(folder, Latest))
            || folders.Steps.Count > 0 || folders.Folders(Aside("step-*")).Length > 0;
    }

    // A damaged pointer counts as none.
    private static string? Pointed(string folder)
    {
        string latest = Path.Combine(folder, Latest);
        return File.Exists(latest) && File.ReadAllText(latest).Trim() is string name && Name().IsMatch(name) ? name : null;
    }

    /// <summary>The newest checkpoint in the same folder that was made at an earlier step; null if there is none.</summary>
    public static string? EarlierThan(string checkpoint)
    {
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(checkpoint));
        CheckpointFolders folders = new(Path.GetDirectoryName(path) ?? path);

        // The name of a checkpoint that was put aside contains that of its step.
        string name = NameOf(path).StartsWith('.') ? NameOfAside(path) : NameOf(path);
        long step = StepsOf([name]) is [long own] ? own : long.MaxValue;
        return folders.Steps.Where(each => each < step).Select(folders.Of).LastOrDefault(IsCheckpoint);
    }

    // A run may be killed after its checkpoint is in place but before the pointer is updated.
    private string? Newest()
    {
        IReadOnlyList<long> steps =
            StepsOf([.. Folders("step-*").Select(NameOf), .. Folders(Aside("step-*")).Select(NameOfAside)]);
        return steps is [.., long newest] ? Whole(NameOf(Of(newest))) : null;
    }

    // The checkpoint with a name or, if it stays missing, the one that was put aside to be replaced. The target is returned as soon as it
    // is seen, since a second look may fall between the two renames.
    private string? Whole(string name)
    {
        string target = Path.Combine(_output, name);
        string? aside = null;
        for (int look = 0; look < Looks && Name().IsMatch(name); look++)
        {
            if (IsCheckpoint(target))
            {
                return target;
            }

            aside = Folders(Aside(name)).FirstOrDefault(IsCheckpoint);
            Thread.Sleep(s_betweenLooks);
        }

        return IsCheckpoint(target) ? target : aside;
    }

    private static bool IsCheckpoint(string folder) => File.Exists(Path.Combine(folder, StateFile));
}
