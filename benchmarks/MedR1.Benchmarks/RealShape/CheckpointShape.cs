using System.Text.Json;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;

namespace MedR1.Benchmarks.RealShape;

/// <summary>The shape of a checkpoint of random weights.</summary>
/// <param name="Name">The name on the command line.</param>
/// <param name="Folder">The folder of the configuration, in tests/Golden.</param>
/// <param name="Tokenizer">The folder of the vocabulary, in tests/Golden.</param>
internal sealed record CheckpointShape(string Name, string Folder, string Tokenizer)
{
    /// <summary>The published sizes, and one for a trial of the commands.</summary>
    public static IReadOnlyList<CheckpointShape> All { get; } =
    [
        new("2b", "cases/parameter-list/qwen2-vl-2b", "tokenizer"),
        new("7b", "cases/parameter-list/qwen2-vl-7b", "tokenizer"),
        new("tiny", "models/qwen2-vl-tiny", "models/qwen2-vl-tiny"),
    ];

    /// <summary>Finds a shape by name.</summary>
    public static CheckpointShape Of(string name) => All.Single(shape => shape.Name == name);

    /// <summary>The published names of the tensors, and their shapes.</summary>
    public IReadOnlyList<(string Name, long[] Shape)> Tensors(string golden)
    {
        string list = Path.Combine(golden, Folder, "parameters.json");
        if (!File.Exists(list))
        {
            using CheckpointReader reader = CheckpointReader.Open(Path.Combine(golden, Folder));
            return [.. reader.Entries.Values.Select(entry => (entry.Name, entry.Shape.ToArray()))];
        }

        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(list));
        return [.. document.RootElement.EnumerateArray().Select(row => (
            row[0].GetString()!, row[2].EnumerateArray().Select(size => size.GetInt64()).ToArray()))];
    }

    /// <summary>Writes everything except the weights.</summary>
    public void WriteFiles(string golden, string folder)
    {
        File.Copy(Path.Combine(golden, Folder, "config.json"), Path.Combine(folder, "config.json"), overwrite: true);
        File.WriteAllBytes(
            Path.Combine(folder, "preprocessor_config.json"),
            new ImageProcessorConfiguration { MinPixels = 3136, MaxPixels = 12_845_056 }.ToJson());
        Qwen2VLTokens.LoadTokenizer(Path.Combine(golden, Tokenizer)).Save(folder);
    }
}
