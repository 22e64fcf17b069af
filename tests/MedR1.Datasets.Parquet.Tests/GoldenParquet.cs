namespace MedR1.Datasets.Parquet.Tests;

/// <summary>The Parquet files of tests/Golden, written by PyArrow, Hugging Face's datasets, arrow-rs and DuckDB.</summary>
internal static class GoldenParquet
{
    public static readonly string[] Cases =
    [
        "arrow-parquet", "image-list-parquet", "med-r1-parquet", "path-vqa-parquet", "second-version-parquet", "vqa-rad-parquet",
    ];

    /// <summary>The first file of a case.</summary>
    public static string File(string name) =>
        Directory.GetFiles(Folder(name), "*.parquet").Order(StringComparer.Ordinal).First();

    public static string Folder(string name) => Find(Path.Combine("cases", "parquet-and-json", name, "data"));

    /// <summary>The folder of conversations in Parquet, with the same rows in JSON Lines.</summary>
    public static string Conversations() => Find("parquet-conversations");

    private static string Find(string path)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string data = Path.Combine(folder.FullName, "tests", "Golden", path);
            if (Directory.Exists(data))
            {
                return data;
            }
        }

        throw new DirectoryNotFoundException($"No tests/Golden/{path} above '{AppContext.BaseDirectory}'.");
    }
}
