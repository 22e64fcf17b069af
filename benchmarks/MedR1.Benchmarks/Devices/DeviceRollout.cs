using MedR1.Benchmarks.RealShape;
using MedR1.Benchmarks.Steps;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.Sampling;
using static TorchSharp.torch;

namespace MedR1.Benchmarks.Devices;

/// <summary>
/// Samples groups of completions about images on a device, in bf16, and prints a step's share of the device's limits.
/// </summary>
internal static class DeviceRollout
{
    /// <summary>What to sample.</summary>
    /// <param name="Samples">The group sizes for one prompt.</param>
    /// <param name="Tokens">The number of tokens of each completion.</param>
    /// <param name="Prompts">The number of prompts of another call, with 8 completions each; 1 for no such call.</param>
    /// <param name="Plain">The number of prompts of one more call, with one completion each and nothing shared; 0 for none.</param>
    /// <param name="Rank">The rank of an adapter with which the groups of one prompt are sampled again; 0 for none.</param>
    /// <param name="Profile">Whether to split a step of the largest group.</param>
    /// <param name="Repeats">How often to sample the largest group again, to see whether memory grows from call to call.</param>
    public sealed record Plan(IReadOnlyList<int> Samples, int Tokens, int Prompts, int Plain, int Rank, bool Profile, int Repeats);

    private const int SamplesOfSeveralPrompts = 8;

    public static async Task RunAsync(
        string folder, Device device, Plan plan, TextWriter console, CancellationToken cancellationToken)
    {
        DeviceLimits limits = DeviceLimits.Measure(device);
        Qwen2VLPolicy? loaded = null;
        double loading = DeviceLimits.Time(device, () => loaded = Qwen2VLPolicy.Load(
            folder, device, ScalarType.BFloat16, cancellationToken: cancellationToken));
        using Qwen2VLPolicy policy = loaded!;
        policy.Freeze(Enum.GetValues<ModelPart>());
        SamplingOptions options = new()
        {
            MaxNewTokens = plan.Tokens, MinNewTokens = plan.Tokens, Temperature = 1, Seed = 1,
        };
        VqaPrompt prompt = StepPrompts.Describe(0);
        console.WriteLine(
            $"loaded in {loading:F1} s, {DeviceMemory.Show(device)} in use; a prompt of "
            + $"{policy.Processor.Encode(prompt, cancellationToken).TokenIds.Count} tokens; warming up");
        await MeasureAsync([prompt], plan.Samples[0], plan.Tokens);
        double floor = MachineLimits.DecoderBytes(policy) / limits.BytesPerSecond;
        console.WriteLine(
            $"{limits}; reading the decoder's {MachineLimits.DecoderBytes(policy) / 1e9:F2} GB once takes {floor * 1000:F2} ms");
        LiveTable table = new(
            console, "rollout", "first token", "step, median", "step, mean", "whole", "tokens/s", "floor / step",
            "memory in use");
        foreach (int samples in plan.Samples)
        {
            await AddAsync($"1 prompt x {samples}", [prompt], samples);
        }

        if (plan.Prompts > 1)
        {
            await AddAsync(
                $"{plan.Prompts} prompts x {SamplesOfSeveralPrompts}", Several(plan.Prompts), SamplesOfSeveralPrompts);
        }

        if (plan.Plain > 0)
            await AddAsync($"plain, {plan.Plain} prompts x 1", Several(plan.Plain), 1);
        if (plan.Rank > 0)
        {
            using LoraPolicy adapted = LoraPolicy.Create(policy, UpdateWork.Adapter(plan.Rank), seed: 1);
            foreach (int samples in plan.Samples)
            {
                await AddAsync($"rank {plan.Rank}, 1 prompt x {samples}", [prompt], samples, adapted);
            }
        }

        if (plan.Profile)
        {
            await DecodeProfile.RunAsync(
                policy, prompt, options with { SamplesPerPrompt = plan.Samples[^1] }, console, cancellationToken);
        }

        for (int call = 1; call <= plan.Repeats; call++)
        {
            await MeasureAsync([prompt], plan.Samples[^1], plan.Tokens);
            if (int.IsPow2(call) || call == plan.Repeats)
                console.WriteLine($"after {call} more calls: {DeviceMemory.Show(device)} in use");
        }

        Task<RolloutTimes> MeasureAsync(
            VqaPrompt[] prompts, int samples, int tokens, IVisionLanguagePolicy? drawn = null) => RolloutTimes.MeasureAsync(
            drawn ?? policy, prompts, options with { SamplesPerPrompt = samples, MaxNewTokens = tokens, MinNewTokens = tokens }, null,
            cancellationToken);

        VqaPrompt[] Several(int count) => [.. Enumerable.Range(0, count).Select(StepPrompts.Describe)];

        async Task AddAsync(string name, VqaPrompt[] prompts, int samples, IVisionLanguagePolicy? drawn = null)
        {
            // Libraries of the device select an algorithm for each new shape, which isn't counted.
            await MeasureAsync(prompts, samples, 2, drawn);
            RolloutTimes times = await MeasureAsync(prompts, samples, plan.Tokens, drawn);
            table.Add(
                $"MedR1, {name}", $"{times.First * 1000:F0} ms", $"{times.Median * 1000:F2} ms", $"{times.Steady * 1000:F2} ms",
                $"{times.Total:F2} s", $"{times.Tokens / times.Total:F0}", $"{floor / times.Median:P0}",
                DeviceMemory.Show(device));
        }
    }
}
