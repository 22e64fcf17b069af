namespace MedR1.Datasets;

/// <summary>Opens files so that every failure names the file.</summary>
internal static class DatasetFiles
{
    private const int BufferBytes = 1 << 16;

    /// <exception cref="DatasetException">The file can't be opened.</exception>
    public static FileStream Open(string filePath, FileOptions options = FileOptions.SequentialScan) =>
        Reading(filePath, () => new FileStream(
            filePath, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BufferBytes, options));

    /// <exception cref="DatasetException">The file can't be read.</exception>
    public static byte[] ReadAllBytes(string filePath) => Reading(filePath, () => File.ReadAllBytes(filePath));

    /// <exception cref="DatasetException">The action fails to read the file.</exception>
    public static T Reading<T>(string filePath, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CantBeRead(filePath, exception);
        }
    }

    public static DatasetException CantBeRead(string filePath, Exception exception) =>
        new(
            Directory.Exists(filePath)
                ? $"{filePath} is a folder; give a file in it."
                : $"{filePath} can't be read: {exception.Message}", exception)
        {
            FilePath = filePath,
        };

    /// <exception cref="DatasetException">There is no such folder.</exception>
    public static void RequireFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DatasetException(
                File.Exists(folder)
                    ? $"'{folder}' is a file; give the folder of the data set."
                    : $"There is no folder '{folder}'; give the folder of the data set.")
            {
                FilePath = folder,
            };
        }
    }

    /// <summary>The file in a folder that has one of several names.</summary>
    /// <exception cref="DatasetException">There is no such file, or no such folder.</exception>
    public static string Find(string folder, params ReadOnlySpan<string> names)
    {
        RequireFolder(folder);
        foreach (string name in names)
        {
            string path = Path.Combine(folder, name);
            if (File.Exists(path))
            {
                return path;
            }
        }

        throw new DatasetException(
            $"'{folder}' has no file '{string.Join("' or '", names.ToArray())}'. Give the folder that contains it.")
        {
            FilePath = folder,
        };
    }
}
