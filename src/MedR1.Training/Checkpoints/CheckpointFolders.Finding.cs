namespace MedR1.Training;

/// <content>Finds a checkpoint to go on from, while another process may be writing there.</content>
internal sealed partial class CheckpointFolders
{
    // A process that lives is between its two renames for moments only.
    private const int Looks = 20;
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// The checkpoint that a user means: a checkpoint itself, or the latest of an output folder. Of one that a killed run was
    /// about to replace it is where that run put it: nothing is moved, since another process may be about to replace it just now.
    /// </summary>
    /// <exception cref="CheckpointException">There is none.</exception>
    public static string Find(string folder)
    {
        string latest = Path.Combine(folder, Latest);
        string named = File.Exists(latest) ? Path.Combine(folder, File.ReadAllText(latest).Trim()) : folder;
        string place = Path.TrimEndingDirectorySeparator(Path.GetFullPath(named));
        string source = new CheckpointFolders(Path.GetDirectoryName(place) ?? place).Whole(Path.GetFileName(place))
            ?? new CheckpointFolders(folder).Newest() ?? named;
        return IsCheckpoint(source) ? source : throw new CheckpointException(
            $"'{source}' is no checkpoint: it has no {StateFile}. Give a folder such as runs/first/step-000500, or the "
            + $"output folder of a run, which has a file '{Latest}'.");
    }

    // A run may be killed after its checkpoint is in its place and before the pointer is.
    private string? Newest()
    {
        IReadOnlyList<long> steps =
            StepsOf([.. Folders("step-*").Select(NameOf), .. Folders(Aside("step-*")).Select(NameOfAside)]);
        return steps is [.., long newest] ? Whole(NameOf(Of(newest))) : null;
    }

    // The checkpoint of a name, or what was put aside to be replaced by it and nobody replaces any more.
    private string? Whole(string name)
    {
        string target = Path.Combine(_output, name);
        string? aside = null;
        for (int look = 0; look < Looks && Name().IsMatch(name) && !IsCheckpoint(target); look++)
        {
            aside = Folders(Aside(name)).FirstOrDefault(IsCheckpoint);
            Thread.Sleep(s_betweenLooks);
        }

        return IsCheckpoint(target) ? target : aside;
    }

    private static bool IsCheckpoint(string folder) => File.Exists(Path.Combine(folder, StateFile));
}
