using System.Text.Json;

namespace MedR1.Imaging.Tiff.Tests;

/// <summary>Small TIFF files and what Pillow makes of them (tests/Golden/tiff).</summary>
internal static class GoldenTiff
{
    /// <summary>File, columns, rows and CRC-32 of the pixels.</summary>
    public static IReadOnlyList<(string File, int Width, int Height, uint Crc)> Table()
    {
        using JsonDocument table = JsonDocument.Parse(Read("table.json"));
        return [.. table.RootElement.EnumerateArray().Select(
            row => (row[0].GetString()!, row[1].GetInt32(), row[2].GetInt32(), row[3].GetUInt32()))];
    }

    public static byte[] Read(string name)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string file = Path.Combine(folder.FullName, "tests", "Golden", "tiff", name);
            if (File.Exists(file))
            {
                return File.ReadAllBytes(file);
            }
        }

        throw new FileNotFoundException($"No tests/Golden/tiff/{name} above '{AppContext.BaseDirectory}'.");
    }
}
