using System.Globalization;

namespace MedR1.Modeling;

/// <summary>The memory of the machine, or of the container that the process runs in.</summary>
internal static class HostMemory
{
    /// <summary>
    /// Bytes that the process can still take: what the kernel calls available, and no more than what is left of the
    /// limit that .NET reads from the container.
    /// </summary>
    public static long AvailableBytes()
    {
        long left = Math.Max(0, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - AnonymousBytes());
        return Math.Min(left, ReadKibibytes("/proc/meminfo", "MemAvailable:") ?? left);
    }

    // Pages of mapped files can be dropped, so they don't count.
    private static long AnonymousBytes() =>
        ReadKibibytes("/proc/self/status", "RssAnon:") ?? Environment.WorkingSet;

    private static long? ReadKibibytes(string file, string name)
    {
        if (!File.Exists(file))
        {
            return null;
        }

        string? line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        string? number = line?.Split(' ', '\t', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(1);
        return number is null ? null : long.Parse(number, CultureInfo.InvariantCulture) * 1024;
    }
}
