using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>
/// The checkpoints in a run's output folder: <c>step-000500</c> and so on, with the pointers <c>latest</c> and <c>best</c>.
/// Everything appears and disappears whole by a single rename, so that a process that is killed at any moment leaves either a
/// complete checkpoint or none.
/// </summary>
/// <param name="output">The output folder.</param>
/// <param name="delete">Deletes a folder that is no longer needed; tests can replace it.</param>
internal sealed partial class CheckpointFolders(string output, Action<string>? delete = null)
{
    public const string StateFile = "trainer.json";
    public const string Latest = "latest";
    public const string Best = "best";
    private const string Half = ".tmp";
    private const string Replaced = ".old";

    private readonly string _output = Path.GetFullPath(output);

    /// <summary>The folder of a step's checkpoint.</summary>
    public string Of(long step) =>
        Path.Combine(_output, string.Create(CultureInfo.InvariantCulture, $"step-{step:000000}"));

    /// <summary>Whether a checkpoint is in this output folder, or a link to one that is.</summary>
    public bool Holds(string checkpoint)
    {
        string named = Path.TrimEndingDirectorySeparator(Path.GetFullPath(checkpoint));
        string own = Target(Path.TrimEndingDirectorySeparator(_output));
        return IsOwn(Target(Path.GetDirectoryName(named)!)) || IsOwn(Path.GetDirectoryName(Target(named)));

        bool IsOwn(string? folder) => string.Equals(
            folder, own, OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);
    }

    // A link counts as the folder that it points to, wherever in the path it is.
    private static string Target(string folder)
    {
        string? parent = Path.GetDirectoryName(folder);
        string place = parent is null ? folder : Path.Combine(Target(parent), Path.GetFileName(folder));
        return Directory.Exists(place) && new DirectoryInfo(place).ResolveLinkTarget(returnFinalTarget: true) is { } target
            ? Target(Path.TrimEndingDirectorySeparator(target.FullName)) : place;
    }

    /// <summary>The steps that have a checkpoint, in order.</summary>
    public IReadOnlyList<long> Steps => StepsOf(Folders("step-*").Select(NameOf));

    /// <summary>Creates the output folder and reserves it for one run until the returned object is disposed.</summary>
    /// <exception cref="CheckpointException">A different run has reserved the folder.</exception>
    public IDisposable Take()
    {
        Directory.CreateDirectory(_output);
        return FolderLock.Take(_output);
    }

    /// <summary>
    /// Checks that the output folder is writable by creating a temporary file, and restores what a killed run was about to replace; safe
    /// because the folder is reserved for one run at a time.
    /// </summary>
    public void Probe()
    {
        PutBack();
        string probe = Path.Combine(_output, $".probe.{Guid.NewGuid():N}{Half}");
        File.WriteAllBytes(probe, []);
        File.Delete(probe);
    }

    /// <summary>Writes a folder next to its final place, then moves it there.</summary>
    public void Write(long step, Action<string> write)
    {
        string target = Of(step);
        string half = Hidden(step, Half);
        Directory.CreateDirectory(half);
        try
        {
            write(half);
            string? old = Directory.Exists(target) ? Hidden(step, Replaced) : null;
            if (old is not null)
            {
                Directory.Move(target, old);
            }

            try
            {
                Directory.Move(half, target);
            }
            catch when (old is not null)
            {
                Directory.Move(old, target);
                throw;
            }

            if (old is not null)
            {
                Discard(old);
            }
        }
        catch (IOException exception) when (DiskFullException.IsCause(exception))
        {
            throw UnfinishedFolder.Discard(half, target, exception);
        }
        finally
        {
            UnfinishedFolder.Delete(half);
        }
    }

    /// <summary>Points a name at a step's checkpoint, unless it points there already.</summary>
    public void Point(string name, long step)
    {
        string pointer = Path.Combine(_output, name);
        string target = Path.GetFileName(Of(step));
        if (File.Exists(pointer) && File.ReadAllText(pointer) == target)
        {
            return;
        }

        WholeFile.Write(pointer, Encoding.UTF8.GetBytes(target));
    }

    /// <summary>Removes a checkpoint, as far as it can be deleted.</summary>
    public void Remove(long step) => Discard(Of(step));

    /// <summary>
    /// Deletes what a killed run left half-written, and restores what it was about to replace; safe because the folder is reserved for one
    /// run at a time.
    /// </summary>
    public void Recover()
    {
        PutBack();
        if (!Directory.Exists(_output))
        {
            return;
        }

        foreach (string folder in Directory.GetDirectories(_output, ".step-*"))
        {
            Discard(folder);
        }

        foreach (string file in Directory.GetFiles(_output, $"*{Half}"))
        {
            if (Halves().IsMatch(Path.GetFileName(file)))
            {
                File.Delete(file);
            }
        }
    }

    private void PutBack()
    {
        foreach (string folder in Folders(Aside("step-*")))
        {
            string target = Path.Combine(_output, NameOfAside(folder));
            if (!Directory.Exists(target))
            {
                Directory.Move(folder, target);
            }
        }
    }

    private string[] Folders(string pattern) => Directory.Exists(_output) ? Directory.GetDirectories(_output, pattern) : [];

    private static string Aside(string name) => $".{name}.*{Replaced}";

    private static string NameOf(string folder) => Path.GetFileName(folder);

    private static string NameOfAside(string folder) => NameOf(folder).Split('.')[1];

    private static IReadOnlyList<long> StepsOf(IEnumerable<string> names) =>
    [
        .. names.Select(name => Name().Match(name)).Where(match => match.Success)
            .Select(match => long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).Distinct().Order(),
    ];

    // Another process may be reading it, and a network file system keeps a file that is open: what remains need not end a run, and the next
    // one tries again. It is renamed first, since a half-deleted folder must not look like a checkpoint.
    private void Discard(string folder)
    {
        try
        {
            string gone = folder;
            if (!folder.EndsWith(Half, StringComparison.Ordinal))
            {
                gone = Path.Combine(_output, $".{NameOf(folder).TrimStart('.')}.{Guid.NewGuid():N}{Half}");
                Directory.Move(folder, gone);
            }

            (delete ?? UnfinishedFolder.Delete)(gone);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }
    }

    private string Hidden(long step, string ending) =>
        Path.Combine(_output, $".{Path.GetFileName(Of(step))}.{Guid.NewGuid():N}{ending}");

    [GeneratedRegex(@"^step-(\d{6,})$")]
    private static partial Regex Name();

    // Pointers and probes.
    [GeneratedRegex(@"^(latest|best|\.probe)\.[0-9a-f]{32}\.tmp$")]
    private static partial Regex Halves();
}
