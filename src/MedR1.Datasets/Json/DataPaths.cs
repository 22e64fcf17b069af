namespace MedR1.Datasets;

/// <summary>
/// Restricts paths read from files to the folder that they are relative to, whichever operating system they were written on.
/// </summary>
internal static class DataPaths
{
    /// <summary>Whether a path stays below its folder and is not a web address.</summary>
    public static bool IsBelow(string path) =>
        path.Length > 0
        && !path.Contains('\0')
        && !path.Contains("://", StringComparison.Ordinal)
        && path[0] is not ('/' or '\\')
        && !HasDrive(path)
        && !path.Split('/', '\\').Contains("..");

    /// <summary>The path with slashes, which all systems accept.</summary>
    public static string WithSlashes(string path) => path.Replace('\\', '/');

    private static bool HasDrive(string path) => path.Length > 1 && path[1] == ':' && char.IsAsciiLetter(path[0]);
}
