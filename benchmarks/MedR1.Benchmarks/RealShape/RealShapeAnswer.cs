using System.Diagnostics;
using MedR1.Benchmarks.Steps;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.Sampling;

namespace MedR1.Benchmarks.RealShape;

/// <summary>Loads the real shape and answers, and prints each part's share of the machine's limits in the same run.</summary>
internal static class RealShapeAnswer
{
    public static async Task RunAsync(
        string folder, int tokens, WeightStorage weights, WeightQuantization quantization, TextWriter console, CancellationToken cancellationToken)
    {
        double fileRate = MachineLimits.FileReadBytesPerSecond(folder);
        Stopwatch clock = Stopwatch.StartNew();
        Qwen2VLProcessor processor = Qwen2VLProcessor.Load(folder);
        double processorSeconds = clock.Elapsed.TotalSeconds;
        clock.Restart();
        using Qwen2VLPolicy policy = Qwen2VLPolicy.Load(
            folder, processor, weights: weights, quantization: quantization, cancellationToken: cancellationToken);
        double loadSeconds = clock.Elapsed.TotalSeconds;
        long weightBytes = policy.Parameters.Sum(parameter => parameter.Value.numel() * parameter.Value.ElementSize);
        long peak = MachineLimits.PeakMemoryBytes();

        // After loading: memory that the process has freed need not be provided again.
        double keepRate = MachineLimits.FileKeepBytesPerSecond(folder);
        double readRate = MachineLimits.MemoryReadBytesPerSecond();
        double multiplyRate = MachineLimits.MultiplyFlopsPerSecond();

        SamplingOptions options = new() { Temperature = 0, MaxNewTokens = tokens, MinNewTokens = tokens };
        List<double> times = [];
        clock.Restart();
        await foreach (SampledToken _ in new LocalSampler(policy).StreamAsync(
            StepPrompts.Describe(1), options, cancellationToken))
        {
            times.Add(clock.Elapsed.TotalSeconds);
        }

        double step = (times[^1] - times[0]) / (times.Count - 1);
        long decoderBytes = MachineLimits.DecoderBytes(policy);
        console.WriteLine($"weights {weightBytes / 1e9:F2} GB, {weights}");
        console.WriteLine($"vocabulary and processor loaded in {processorSeconds:F2} s");
        console.WriteLine(
            $"weights loaded in {loadSeconds:F2} s = {weightBytes / loadSeconds / fileRate:P0} of the speed of reading the files "
            + $"({fileRate / 1e9:F2} GB/s), {weightBytes / loadSeconds / keepRate:P0} of that of reading them into memory of their size "
            + $"({keepRate / 1e9:F2} GB/s)");
        console.WriteLine($"peak memory after loading {peak / 1e9:F2} GB = {(double)peak / weightBytes:F2} of the weights");
        console.WriteLine(
            $"first token after {times[0]:F2} s (196 image tokens; the machine multiplies at "
            + $"{multiplyRate / 1e9:F0} GFLOP/s)");
        console.WriteLine(
            $"decode {step * 1000:F0} ms a token = {decoderBytes / step / readRate:P0} of the memory read bandwidth "
            + $"({readRate / 1e9:F1} GB/s)");
    }
}
