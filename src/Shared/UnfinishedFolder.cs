using MedR1.Modeling;

namespace MedR1;

/// <summary>A folder that is written under a temporary name.</summary>
internal static class UnfinishedFolder
{
    /// <summary>Deletes a folder that did not fit on the disk, so that its bytes count as free, and describes what the whole needs.</summary>
    /// <param name="folder">The folder under its temporary name.</param>
    /// <param name="target">The folder that it was to become.</param>
    /// <param name="cause">The error of the file that did not fit.</param>
    public static DiskFullException Discard(string folder, string target, IOException cause)
    {
        long written = Directory.Exists(folder)
            ? new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length) : 0;
        Delete(folder);
        return DiskFullException.From(target, written + ((cause as DiskFullException)?.RequiredBytes ?? 1), cause);
    }

    /// <summary>Deletes a folder if there is one.</summary>
    public static void Delete(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
