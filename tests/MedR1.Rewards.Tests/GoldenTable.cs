using System.Text.Json;

namespace MedR1.Rewards.Tests;

/// <summary>Tables that reference implementations wrote: <c>tests/Golden/NAME/table.json</c>.</summary>
internal static class GoldenTable
{
    public static JsonDocument Load(string name)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string file = Path.Combine(folder.FullName, "tests", "Golden", name, "table.json");
            if (File.Exists(file))
            {
                return JsonDocument.Parse(File.ReadAllText(file));
            }
        }

        throw new FileNotFoundException($"No tests/Golden/{name} above '{AppContext.BaseDirectory}'.");
    }
}
