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
        // The in-memory copy of a patched library shows up as "/memfd:libLibTorchSharp.so (deleted)".
        string inFile = $"/{fileName}";
        string inMemory = $"/memfd:{fileName}";
        return Paths().FirstOrDefault(path => path.EndsWith(inFile, StringComparison.Ordinal)
            || path.StartsWith(inMemory, StringComparison.Ordinal));
    }

    /// <summary>Finds a library whose file name carries a build's number.</summary>
    /// <param name="start">How its file name begins, for example <c>libgomp</c>.</param>
    /// <returns>Its path, or <see langword="null"/> if it is not loaded or the system does not tell.</returns>
    public static string? FindBeginningWith(string start) =>
        Paths().FirstOrDefault(path => Path.GetFileName(path).StartsWith(start, StringComparison.Ordinal));

    private static IEnumerable<string> Paths() => !OperatingSystem.IsLinux() || !File.Exists(MemoryMap)
        ? []
        : File.ReadLines(MemoryMap)
            .Where(line => line.Contains('/', StringComparison.Ordinal))
            .Select(line => line[line.IndexOf('/', StringComparison.Ordinal)..]);
}
