namespace MedR1.Datasets;

/// <summary>Keeps paths that come from files below the folder that they belong to.</summary>
internal static class DataPaths
{
    /// <summary>Whether a path stays below its folder and is no web address.</summary>
    public static bool IsBelow(string path) =>
        path.Length > 0
        && !path.Contains('\0')
        && !path.Contains("://", StringComparison.Ordinal)
        && !Path.IsPathRooted(path)
        && !path.Split('/', '\\').Contains("..");
}
