using Microsoft.Win32.SafeHandles;

namespace MedR1.Modeling;

/// <summary>Writes a folder as a whole: beside its place first, then into it in one move.</summary>
public static class CheckpointFolder
{
    /// <summary>Writes a folder; an existing one is replaced only when all is written.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="write">Writes the files into the folder that it is given.</param>
    /// <exception cref="DiskFullException">
    /// The disk is full, whichever file found it so; what was in the folder is still there.
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
        catch (IOException exception) when (exception is not DiskFullException && DiskFullException.IsCause(exception))
        {
            throw DiskFullException.From(path, BytesOf(fresh), exception);
        }
        finally
        {
            if (Directory.Exists(fresh))
                Directory.Delete(fresh, recursive: true);
            if (Directory.Exists(old) && Directory.Exists(path))
                Directory.Delete(old, recursive: true);
        }
    }

    // Of a link the folder that it leads to is replaced: it may lie on another disk.
    private static string Target(string path) => new DirectoryInfo(path) is { LinkTarget: not null } link
        ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : path;

    // After a power cut a folder that is in its place must be whole, the small files beside the weights too.
    private static void FlushToDisk(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            using SafeFileHandle handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.FlushToDisk(handle);
        }
    }

    // What was written is the least that the folder needs.
    private static long BytesOf(string folder) => Directory.Exists(folder)
        ? new DirectoryInfo(folder).EnumerateFiles().Sum(file => file.Length) : 0;
}
