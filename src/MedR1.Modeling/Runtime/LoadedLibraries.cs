namespace MedR1.Modeling;

/// <summary>Asks which native libraries are in the process, without loading any.</summary>
internal static class LoadedLibraries
{
    private const string MemoryMap = "/proc/self/maps";

    /// <summary>Finds a library in the process.</summary>
    /// <param name="fileName">Its file name, for example <c>libtorch_cpu.so</c>.</param>
    /// <returns>Its path, or <see langword="null"/> if it is not loaded or the system does not tell.</returns>
    public static string? Find(string fileName)
    {
        if (!OperatingSystem.IsLinux() || !File.Exists(MemoryMap))
        {
            return null;
        }

        // The copy in memory of a healed library shows as "/memfd:libLibTorchSharp.so (deleted)".
        string inFile = $"/{fileName}";
        string inMemory = $"/memfd:{fileName}";
        foreach (string line in File.ReadLines(MemoryMap))
        {
            int start = line.IndexOf('/');
            if (start >= 0
                && (line.EndsWith(inFile, StringComparison.Ordinal)
                    || line.AsSpan(start).StartsWith(inMemory, StringComparison.Ordinal)))
            {
                return line[start..];
            }
        }

        return null;
    }

    /// <summary>Finds a library whose file name carries a build's number.</summary>
    /// <param name="start">How its file name begins, for example <c>libgomp</c>.</param>
    /// <returns>Its path, or <see langword="null"/> if it is not loaded or the system does not tell.</returns>
    public static string? FindBeginningWith(string start) =>
        !OperatingSystem.IsLinux() || !File.Exists(MemoryMap)
            ? null
            : File.ReadLines(MemoryMap)
                .Where(line => line.Contains('/', StringComparison.Ordinal))
                .Select(line => line[line.IndexOf('/', StringComparison.Ordinal)..])
                .FirstOrDefault(path => Path.GetFileName(path).StartsWith(start, StringComparison.Ordinal));
}
