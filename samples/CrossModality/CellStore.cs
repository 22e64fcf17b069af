using System.Text.Json;
using MedR1.Evaluation;

namespace MedR1.Samples.CrossModality;

/// <summary>
/// The finished cells of a run, one report each, written whole or not at all: a run that was killed continues after its last finished cell.
/// Cells of different settings are refused, since they would end up in one table.
/// </summary>
internal sealed class CellStore(string folder)
{
    private const string IdentityFile = "run.json";
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    /// <summary>The identity's value for something that a run does not use.</summary>
    public const string None = "none";

    /// <summary>Starts a run in the folder, or continues it.</summary>
    /// <param name="identity">The values, by name, that must be equal for cells to belong together.</param>
    /// <param name="addable">The name of a value that may be added to a run without it, since it changes no finished cell.</param>
    /// <exception cref="InvalidOperationException">The folder contains cells of different settings.</exception>
    public void Open(IReadOnlyDictionary<string, string> identity, string? addable = null)
    {
        string path = Path.Combine(folder, IdentityFile);
        Directory.CreateDirectory(folder);
        if (!File.Exists(path))
        {
            Write(path, identity);
            return;
        }

        Dictionary<string, string> before =
            JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(path)) ?? [];
        string[] differences =
        [
            .. identity.Where(pair => before.GetValueOrDefault(pair.Key) != pair.Value && !IsAdded(pair.Key))
                .Select(pair => $"{pair.Key} was {before.GetValueOrDefault(pair.Key) ?? "unknown"} and is {pair.Value}"),
        ];
        if (differences.Length > 0)
        {
            throw new InvalidOperationException(
                $"'{folder}' contains cells of another run: {string.Join("; ", differences)}. Use the same settings to continue, or "
                + "another --output.");
        }

        Write(path, identity);

        bool IsAdded(string key) => key == addable && before.GetValueOrDefault(key) == None;
    }

    private static void Write(string path, IReadOnlyDictionary<string, string> identity) =>
        File.WriteAllText(path, JsonSerializer.Serialize(identity, Json));

    /// <summary>The number of finished cells.</summary>
    public int Count => Directory.Exists(Path.Combine(folder, "cells"))
        ? Directory.EnumerateFiles(Path.Combine(folder, "cells"), "*.json", SearchOption.AllDirectories).Count()
        : 0;

    public string PathOf(params ReadOnlySpan<string> parts)
    {
        List<string> safe = [folder, "cells"];
        foreach (string part in parts)
        {
            safe.Add(Safe(part));
        }

        return Path.Combine([.. safe]) + ".json";
    }

    /// <summary>The folder of one training while it is in progress.</summary>
    public string TrainingFolder(string grouping, string method, string train) =>
        Path.Combine(folder, "training", Safe($"{grouping} {method} {train}"));

    /// <summary>The metrics file of one training.</summary>
    public string MetricsFile(string grouping, string method, string train) =>
        Path.Combine(folder, "metrics", Safe($"{grouping} {method} {train}") + ".jsonl");

    public EvaluationReport? Find(string path) => File.Exists(path) ? ReportFile.Load(path) : null;

    private static string Safe(string name) => string.Concat(
        name.Select(character => char.IsLetterOrDigit(character) || character == '-' ? character : '_'));
}
