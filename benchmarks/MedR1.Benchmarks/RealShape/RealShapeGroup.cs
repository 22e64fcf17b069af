using System.Diagnostics;
using MedR1.Benchmarks.Steps;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.Sampling;
using TorchSharp.Modules;

namespace MedR1.Benchmarks.RealShape;

/// <summary>
/// Samples a group of completions about one image with the real shape, and the same in the plain form: as many separate
/// prompts, nothing shared, weights in their stored layout.
/// </summary>
internal static class RealShapeGroup
{
    public static async Task RunAsync(
        string folder, int samples, int tokens, bool withPlain, WeightStorage weights, WeightQuantization quantization,
        TextWriter console, CancellationToken cancellationToken)
    {
        using Qwen2VLPolicy policy = Qwen2VLPolicy.Load(
            folder, Qwen2VLProcessor.Load(folder), weights: weights, quantization: quantization,
            cancellationToken: cancellationToken);
        foreach ((_, Parameter parameter) in policy.Parameters)
        {
            // As under a LoRA adapter: packed weights are kept.
            parameter.requires_grad = false;
        }

        long decoderBytes = MachineLimits.DecoderBytes(policy);
        SamplingOptions options = new()
        {
            SamplesPerPrompt = samples, MaxNewTokens = tokens, MinNewTokens = tokens, Temperature = 1, Seed = 1,
        };

        // The first run touches the pages of the files.
        await RunAsync(policy, [StepPrompts.Describe(0)], options with { SamplesPerPrompt = 1, MaxNewTokens = 2, MinNewTokens = 2 }, false);
        double readRate = MachineLimits.MemoryReadBytesPerSecond();
        double mostRate = MachineLimits.MostMemoryReadBytesPerSecond();
        double weightRate = MachineLimits.MostWeightReadBytesPerSecond(policy);
        console.WriteLine(
            $"memory read bandwidth {readRate / 1e9:F1} GB/s from start to end, {mostRate / 1e9:F1} at several places at once, of the " +
            $"weights where they lie {weightRate / 1e9:F1}; decoder {decoderBytes / 1e9:F2} GB");
        Result shared = await RunAsync(policy, [StepPrompts.Describe(0)], options, null);
        Print("one prompt, shared", shared);
        Print("the same again", await RunAsync(policy, [StepPrompts.Describe(0)], options, null));
        Print("one completion", await RunAsync(policy, [StepPrompts.Describe(0)], options with { SamplesPerPrompt = 1 }, true));
        if (withPlain)
        {
            Result plain = await RunAsync(
                policy, [.. Enumerable.Range(0, samples).Select(StepPrompts.Describe)], options with { SamplesPerPrompt = 1 }, false);
            Print("prompts of their own", plain);
            console.WriteLine($"ratio of the whole {plain.Total / shared.Total:F2}, of a step {plain.Step / shared.Step:F2}");
        }

        void Print(string name, Result result) => console.WriteLine(
            $"{name}: first tokens after {result.First:F2} s (packing {result.Packing:F2} s of it), a step " +
            $"{result.Step * 1000:F0} ms = {decoderBytes / result.Step / readRate:P0} of the bandwidth from start to end, " +
            $"{decoderBytes / result.Step / mostRate:P0} of that at several places, " +
            $"{decoderBytes / result.Step / weightRate:P0} of that of the weights, " +
            $"{result.Tokens} tokens in {result.Total:F2} s = {result.Tokens / result.Total:F1} tokens/s; cache " +
            $"{result.CacheBytes / 1e6:F1} MB");
    }

    private static async Task<Result> RunAsync(
        Qwen2VLPolicy policy, IReadOnlyList<VqaPrompt> prompts, SamplingOptions options, bool? pack)
    {
        Stopwatch packing = Stopwatch.StartNew();
        bool packs = pack ?? true;
        RolloutTimes times;
        using (packs ? policy.BeginDecoding(prompts.Count * options.SamplesPerPrompt) : null)
        {
            packing.Stop();
            times = await RolloutTimes.MeasureAsync(policy, prompts, options, packs, CancellationToken.None);
        }

        double pack0 = packs ? packing.Elapsed.TotalSeconds : 0;
        int promptTokens = policy.Processor.Encode(prompts[0]).TokenIds.Count;
        using IKeyValueCache cache = policy.CreateCache(
            prompts.Count, prompts.Count * options.SamplesPerPrompt, promptTokens, options.MaxNewTokens);
        return new Result(times.First + pack0, times.Mean, times.Total + pack0, times.Tokens, pack0, cache.ByteSize);
    }

    private sealed record Result(double First, double Step, double Total, long Tokens, double Packing, long CacheBytes);
}
