namespace MedR1.Training;

/// <summary>
/// Reserves an output folder for one run: two runs would delete what the other is writing, and mix their checkpoints. The operating system
/// releases the lock when the process ends, however it ends.
/// </summary>
internal static class FolderLock
{
    private const string FileName = ".lock";

    // EWOULDBLOCK of Linux and macOS, and the sharing violation of Windows.
    private const int LinuxTaken = 11;
    private const int MacTaken = 35;
    private const int WindowsTaken = unchecked((int)0x80070020);

    /// <summary>Reserves a folder until the returned object is disposed.</summary>
    /// <exception cref="CheckpointException">A different run has reserved the folder.</exception>
    /// <exception cref="IOException">The folder can't be written to.</exception>
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
                $"Another run, in this process or another, is writing to '{folder}'. Await that run, or set OutputFolder to a different "
                + "folder.", exception);
        }
    }
}
