using System.Text.Json;

namespace MedR1.Datasets.Arrow;

/// <summary>Finds the files of a saved data set.</summary>
internal static class SavedFolder
{
    private const string DictionaryFile = "dataset_dict.json";
    private const string StateFile = "state.json";

    /// <summary>The folder of a split.</summary>
    /// <exception cref="DatasetException">The split does not exist, or there are several to choose from.</exception>
    public static string FindSplit(string folder, string? split)
    {
        string dictionary = Path.Combine(folder, DictionaryFile);
        if (!File.Exists(dictionary))
        {
            return split is null ? folder : Path.Combine(folder, split);
        }

        string[] splits = Texts(dictionary, root => root.GetProperty("splits").EnumerateArray());
        split ??= splits is [string only] ? only : null;
        return split is not null && splits.Contains(split)
            ? Path.Combine(folder, split)
            : throw Fault(dictionary, $"the splits are {string.Join(", ", splits)}. Set Split to one of them.");
    }

    /// <summary>The files of a split's rows, in order.</summary>
    /// <exception cref="DatasetException">
    /// The folder has no <c>state.json</c>, or the file names files outside the folder.
    /// </exception>
    public static string[] DataFiles(string folder) => Files(folder, root => root.GetProperty("_data_files"));

    /// <summary>The files of the numbers of the rows that a split has; none for all rows in order.</summary>
    /// <exception cref="DatasetException">As of <see cref="DataFiles"/>.</exception>
    public static string[] IndexFiles(string folder) => Files(
        folder, root => root.TryGetProperty("_indices_data_files", out JsonElement files) && files.ValueKind != JsonValueKind.Null
            ? files : null);

    private static string[] Files(string folder, Func<JsonElement, JsonElement?> select)
    {
        string state = Path.Combine(folder, StateFile);
        string[] names = Texts(
            state, root => select(root)?.EnumerateArray().Select(one => one.GetProperty("filename")) ?? []);
        return [.. names.Select(name => name.Length > 0 && Path.GetFileName(name) == name
            ? Path.Combine(folder, name)
            : throw Fault(state, $"'{name}' is not the name of a file in the same folder."))];
    }

    private static string[] Texts(string file, Func<JsonElement, IEnumerable<JsonElement>> select)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
            return [.. select(document.RootElement).Select(text => text.GetString() ?? "")];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException
            or KeyNotFoundException or InvalidOperationException)
        {
            throw new DatasetException(
                $"{file} can't be read: {exception.Message} Give the folder that save_to_disk wrote: it contains "
                + $"{DictionaryFile} or {StateFile}.", exception)
            {
                FilePath = file,
            };
        }
    }

    private static DatasetException Fault(string file, string problem) => new($"{file}: {problem}") { FilePath = file };
}
