namespace MedR1.Training;

/// <content>Finds a checkpoint to resume from, while a different process may be writing there.</content>
internal sealed partial class CheckpointFolders
{
    // A live process is only briefly between its two renames.
    private const int Looks = 20;
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// The checkpoint that a user means: a checkpoint itself, or the latest of an output folder. If a killed run was about to
    /// replace it, it is returned from where that run put it: nothing is moved, since a different process may be about to replace
    /// it right now.
    /// </summary>
    /// <exception cref="CheckpointException">There is none.</exception>
    public static string Find(string folder)
    {
        string named = Pointed(folder) is string pointed ? Path.Combine(folder, pointed) : folder;
        string place = Path.TrimEndingDirectorySeparator(Path.GetFullPath(named));
        return new CheckpointFolders(Path.GetDirectoryName(place) ?? place).Whole(Path.GetFileName(place))
            ?? new CheckpointFolders(folder).Newest()
            ?? throw new CheckpointException(
                $"'{named}' is no checkpoint: it has no {StateFile}. Give a folder such as runs/first/step-000500, or the "
                + $"output folder of a run, which has a file '{Latest}'.");
    }

    /// <summary>
    /// Whether a run has left something to go on from: a checkpoint, though nothing may point to it yet, or something that shows that
    /// there was one. What can't be used is for <see cref="Find"/> to say: whoever starts anew in its place loses it.
    /// </summary>
    public static bool HasAny(string folder)
    {
        CheckpointFolders folders = new(folder);
        return IsCheckpoint(folder) || File.Exists(Path.Combine(folder, Latest))
            || folders.Steps.Count > 0 || folders.Folders(Aside("step-*")).Length > 0;
    }

    // A pointer that is damaged points nowhere.
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

        // One that was put aside has a name of its own around that of its step.
        string name = NameOf(path).StartsWith('.') ? NameOfAside(path) : NameOf(path);
        long step = StepsOf([name]) is [long own] ? own : long.MaxValue;
        return folders.Steps.Where(each => each < step).Select(folders.Of).LastOrDefault(IsCheckpoint);
    }

    // A run may be killed after its checkpoint is in place but before the pointer is.
    private string? Newest()
    {
        IReadOnlyList<long> steps =
            StepsOf([.. Folders("step-*").Select(NameOf), .. Folders(Aside("step-*")).Select(NameOfAside)]);
        return steps is [.., long newest] ? Whole(NameOf(Of(newest))) : null;
    }

    // The checkpoint with a name, or what was put aside to be replaced by it but no longer is being replaced. Seen once it is there: a
    // second look may fall between the two renames.
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
