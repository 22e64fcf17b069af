using System.Diagnostics;
using MedR1.Benchmarks.Steps;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Benchmarks.RealShape;

/// <summary>
/// Writes a checkpoint of random weights in bf16, as shards with an index. The weights are generated on the device: with a
/// fixed seed on the CPU, with libtorch's initial seed on other devices.
/// </summary>
internal static class RealShapeCheckpoint
{
    /// <summary>The file with the token ids of the benchmarks' prompt, for programs without a tokenizer.</summary>
    public const string PromptFile = "benchmark-prompt.json";

    private const long ShardLength = 2_500_000_000;

    public static void Write(
        CheckpointShape shape, string golden, string folder, Device device, TextWriter console,
        CancellationToken cancellationToken)
    {
        Stopwatch clock = Stopwatch.StartNew();
        Directory.CreateDirectory(folder);
        shape.WriteFiles(golden, folder);
        Qwen2VLConfiguration configuration = Qwen2VLConfiguration.Load(folder);
        using Generator? generator = device.type == DeviceType.CPU ? new Generator(1, CPU) : null;
        SafetensorsItem[] items = [.. shape.Tensors(golden).Select(tensor => SafetensorsItem.From(
            tensor.Name, ScalarType.BFloat16, tensor.Shape,
            () => Values(tensor.Name, tensor.Shape, configuration, device, generator)))];
        CheckpointWriter.Write(folder, items, ShardLength, cancellationToken: cancellationToken);
        EncodedPrompt prompt = Qwen2VLProcessor.Load(folder).Encode(StepPrompts.Describe(0), cancellationToken);
        File.WriteAllText(Path.Combine(folder, PromptFile), $"[{string.Join(", ", prompt.TokenIds)}]");
        long bytes = items.Sum(item => item.ByteLength);
        console.WriteLine(
            $"{shape.Name}: {items.Length} tensors, {bytes / 1e9:F2} GB in {clock.Elapsed.TotalSeconds:F1} s");
    }

    // Like the library's random initialization, but on the device: normal matrices, biases 0, norm gains 1.
    private static Tensor Values(
        string name, long[] shape, Qwen2VLConfiguration configuration, Device device, Generator? generator)
    {
        if (shape.Length == 1)
        {
            return name.EndsWith(".bias", StringComparison.Ordinal)
                ? zeros(shape, ScalarType.BFloat16) : ones(shape, ScalarType.BFloat16);
        }

        double range = name.StartsWith("visual.", StringComparison.Ordinal)
            ? configuration.Vision.InitializerRange : configuration.Text.InitializerRange;
        using DisposeScope scope = NewDisposeScope();
        return empty(shape, ScalarType.BFloat16, device).normal_(0, range, generator).cpu().MoveToOuterDisposeScope();
    }
}
