namespace MedR1.Training;

/// <summary>
/// Keeps an output folder for one run: two would remove what the other is just writing, and mix their checkpoints. The system lets go
/// of it when the process ends, however it ends.
/// </summary>
internal static class FolderLock
{
    private const string FileName = ".lock";

    // EWOULDBLOCK of Linux and macOS, and the sharing violation of Windows.
    private const int LinuxTaken = 11;
    private const int MacTaken = 35;
    private const int WindowsTaken = unchecked((int)0x80070020);

    /// <summary>Takes a folder until what is returned is disposed.</summary>
    /// <exception cref="CheckpointException">A different run has it.</exception>
    /// <exception cref="IOException">It can't be written to.</exception>
    public static IDisposable Take(string folder)
    {
        string path = Path.Combine(folder, FileName);
        try
        {
            return new FileStream(
                path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
        }
        catch (IOException exception) when (exception.HResult is LinuxTaken or MacTaken or WindowsTaken)
        {
            throw new CheckpointException(
                $"Another run, of this process or another, writes to '{folder}' just now. Await that run, or set OutputFolder to a folder "
                + "of its own.", exception);
        }
    }
}
