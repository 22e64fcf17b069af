using System.Diagnostics;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.Sampling;
using TorchSharp;

namespace MedR1.Benchmarks.Rollouts;

/// <summary>
/// Samples many tokens with a small checkpoint: the time of a step per row, the allocations per token, and whether
/// anything grows.
/// </summary>
internal static class SmallShape
{
    public static async Task RunAsync(
        string folder, int calls, int prompts, int samples, int tokens, TextWriter console, CancellationToken cancellationToken)
    {
        using Qwen2VLPolicy policy = Qwen2VLPolicy.Load(
            folder, Qwen2VLProcessor.Load(folder), cancellationToken: cancellationToken);
        LocalSampler sampler = new(policy);
        SamplingOptions options = new() { SamplesPerPrompt = samples, MaxNewTokens = tokens, EndTokenIds = [] };
        VqaPrompt[] asked = [.. Enumerable.Range(0, prompts).Select(Ask)];
        await DrawAsync(sampler, asked, options with { MaxNewTokens = 4 }, cancellationToken);
        for (int call = 0; call < calls; call++)
        {
            // A call for the first tokens alone shows what the prompts take of the other.
            (_, double first) = await DrawAsync(sampler, asked, options with { MaxNewTokens = 1 }, cancellationToken);
            long managed = GC.GetTotalAllocatedBytes(precise: true);
            (long drawn, double seconds) = await DrawAsync(sampler, asked, options, cancellationToken);
            managed = GC.GetTotalAllocatedBytes(precise: true) - managed;
            long live = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
            long resident = Process.GetCurrentProcess().WorkingSet64;
            console.WriteLine(
                $"{drawn} tokens: prompts {first * 1000 / prompts:F2} ms each, " +
                $"{(seconds - first) / (drawn - asked.Length * samples) * 1e6:F1} µs a token, {drawn / seconds:F0} tokens/s, " +
                $"{managed / drawn} managed bytes a token, {live} tensors alive, resident {resident / 1e6:F0} MB, " +
                $"managed heap {GC.GetGCMemoryInfo().TotalCommittedBytes / 1e6:F0} MB");
        }
    }

    private static async Task<(long Tokens, double Seconds)> DrawAsync(
        LocalSampler sampler, VqaPrompt[] prompts, SamplingOptions options, CancellationToken cancellationToken)
    {
        Stopwatch clock = Stopwatch.StartNew();
        long tokens = 0;
        await foreach (CompletionGroup group in sampler.SampleAsync(prompts, options, cancellationToken))
        {
            tokens += group.Completions.Sum(completion => completion.TokenCount);
        }

        return (tokens, clock.Elapsed.TotalSeconds);
    }

    private static VqaPrompt Ask(int seed)
    {
        byte[] pixels = new byte[56 * 56 * 3];
        new Random(seed).NextBytes(pixels);
        return VqaPrompt.Ask("What is seen?", new PixelImageSource($"noise {seed}", new RgbImage(56, 56, pixels)));
    }
}
