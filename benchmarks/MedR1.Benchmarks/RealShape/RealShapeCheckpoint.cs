using System.Text.Json;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using static TorchSharp.torch;

namespace MedR1.Benchmarks.RealShape;

/// <summary>Writes a checkpoint of the published 2B sizes with random weights, as two bf16 shards with an index.</summary>
internal static class RealShapeCheckpoint
{
    private const long ShardLength = 2_500_000_000;

    /// <param name="folder">The folder to make.</param>
    /// <param name="golden">Holds the published configuration and Qwen2's vocabulary.</param>
    /// <param name="cancellationToken">Cancels between tensors.</param>
    public static void Write(string folder, string golden, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        string published = Path.Combine(golden, "cases", "parameter-list", "qwen2-vl-2b");
        JsonElement inputs = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(published, "case.json"))).RootElement.GetProperty("inputs");
        string config = inputs.GetProperty("config").GetProperty("file").GetString()!;
        File.Copy(Path.Combine(published, config), Path.Combine(folder, "config.json"), overwrite: true);
        File.WriteAllBytes(
            Path.Combine(folder, "preprocessor_config.json"),
            new ImageProcessorConfiguration { MinPixels = 3136, MaxPixels = 12_845_056 }.ToJson());
        Qwen2VLTokens.LoadTokenizer(Path.Combine(golden, "tokenizer")).Save(folder);
        Qwen2VLConfiguration configuration = Qwen2VLConfiguration.Load(folder);
        using Qwen2VLPolicy policy = Qwen2VLPolicy.CreateRandom(
            configuration, Qwen2VLProcessor.Load(folder), seed: 1, dataType: ScalarType.BFloat16);
        CheckpointWriter.Write(
            folder,
            [.. policy.Parameters.Select(parameter => SafetensorsItem.Of(parameter.Key, parameter.Value))],
            ShardLength,
            cancellationToken: cancellationToken);
    }
}
