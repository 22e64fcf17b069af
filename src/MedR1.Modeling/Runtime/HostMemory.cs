using System.Globalization;

namespace MedR1.Modeling;

/// <summary>Memory of the machine or of the container in which the process runs.</summary>
internal static class HostMemory
{
    /// <summary>
    /// Returns the number of bytes that the process can still allocate: the kernel's <c>MemAvailable</c>, limited to
    /// what remains of the container's memory limit as reported by .NET.
    /// </summary>
    public static long AvailableBytes()
    {
        long left = Math.Max(0, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - AnonymousBytes());
        return Math.Min(left, ReadKibibytes("/proc/meminfo", "MemAvailable:") ?? left);
    }

    // Pages of mapped files don't count, because the kernel can evict them.
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
