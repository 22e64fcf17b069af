namespace MedR1.Modeling;

/// <summary>Finds native libraries that are loaded in the process, without loading any.</summary>
internal static class LoadedLibraries
{
    private const string MemoryMap = "/proc/self/maps";

    /// <summary>Finds a loaded library by its file name.</summary>
    /// <param name="fileName">The file name, for example <c>libtorch_cpu.so</c>.</param>
    /// <returns>Its path, or <see langword="null"/> if it is not loaded or the system has no <c>/proc</c>.</returns>
    public static string? Find(string fileName)
    {
        // The in-memory copy of a patched library shows up as "/memfd:libLibTorchSharp.so (deleted)".
        string inFile = $"/{fileName}";
        string inMemory = $"/memfd:{fileName}";
        return Paths().FirstOrDefault(path => path.EndsWith(inFile, StringComparison.Ordinal)
            || path.StartsWith(inMemory, StringComparison.Ordinal));
    }

    /// <summary>Finds a loaded library by the beginning of its file name, for names with a build number.</summary>
    /// <param name="start">The beginning of the file name, for example <c>libgomp</c>.</param>
    /// <returns>Its path, or <see langword="null"/> if it is not loaded or the system has no <c>/proc</c>.</returns>
    public static string? FindBeginningWith(string start) =>
        Paths().FirstOrDefault(path => Path.GetFileName(path).StartsWith(start, StringComparison.Ordinal));

    private static IEnumerable<string> Paths() => !OperatingSystem.IsLinux() || !File.Exists(MemoryMap)
        ? []
        : File.ReadLines(MemoryMap)
            .Where(line => line.Contains('/', StringComparison.Ordinal))
            .Select(line => line[line.IndexOf('/', StringComparison.Ordinal)..]);
}
