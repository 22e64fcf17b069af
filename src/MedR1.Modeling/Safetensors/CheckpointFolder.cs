using Microsoft.Win32.SafeHandles;

namespace MedR1.Modeling;

/// <summary>Writes the folder of a model or an adapter: first to a temporary sibling, then to its final place.</summary>
public static class CheckpointFolder
{
    /// <summary>
    /// Writes a folder. An existing folder is replaced only after everything has been written: it is renamed, and the new folder
    /// takes its place. A process that is killed between these two renames leaves two complete sibling folders, whose names end in
    /// <c>.old</c> and <c>.partial</c>. If the existing folder contains anything other than a model's files or the files being
    /// written, that content is kept, and the model's files are replaced one by one, its configuration last.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="write">Writes the files into the folder that is passed to it.</param>
    /// <exception cref="DiskFullException">
    /// The disk is full; the folder keeps its previous content.
    /// </exception>
    public static void Replace(string folder, Action<string> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        string path = Target(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        string fresh = $"{path}.{Guid.NewGuid():N}.partial";
        string old = $"{path}.{Guid.NewGuid():N}.old";
        Directory.CreateDirectory(fresh);
        try
        {
            write(fresh);
            FlushToDisk(fresh);
            if (Directory.Exists(path) && SharedFolder.Is(path, fresh))
            {
                SharedFolder.MoveInto(path, fresh);
                return;
            }

            if (Directory.Exists(path))
                Directory.Move(path, old);
            try
            {
                Directory.Move(fresh, path);
            }
            catch when (Directory.Exists(old))
            {
                Directory.Move(old, path);
                throw;
            }
        }
        catch (IOException exception) when (DiskFullException.IsCause(exception))
        {
            throw UnfinishedFolder.Discard(fresh, path, exception);
        }
        finally
        {
            UnfinishedFolder.Delete(fresh);
            if (Directory.Exists(path))
                UnfinishedFolder.Delete(old);
        }
    }

    // The target of a link is replaced, not the link; the target may be on a different disk.
    private static string Target(string path) => new DirectoryInfo(path) is { LinkTarget: not null } link
        ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : path;

    // A folder in its final place must be complete even after a power failure, including the small files next to the weights.
    private static void FlushToDisk(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            using SafeFileHandle handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.FlushToDisk(handle);
        }
    }
}
