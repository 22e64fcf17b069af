using MedR1.Datasets;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.Sampling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Benchmarks.Quantization;

/// <summary>
/// The effect of 8-bit weights: the change of log-probabilities of what the float32 model generates, and of the generated text.
/// In addition to the library's scales, one for each output, it measures finer ones, and bfloat16 for comparison.
/// </summary>
internal static class QuantizationError
{
    private const int PromptsAtOnce = 16;
    private static readonly int[] GroupSizes = [128, 64, 32];

    public static async Task RunAsync(
        string folder, string? data, int count, int tokens, TextWriter console, CancellationToken cancellationToken)
    {
        VqaPrompt[] prompts = [.. Prompts(data, cancellationToken).Take(count)];
        SamplingOptions options = new() { Temperature = 0, MaxNewTokens = tokens };
        using Qwen2VLPolicy whole = Qwen2VLPolicy.Load(folder, dataType: ScalarType.Float32);
        CompletionGroup[] groups = await SayAsync(whole, prompts, options, cancellationToken);
        float[] expected = Score(whole, groups);
        console.WriteLine(
            $"{prompts.Length} prompts, {expected.Length} tokens, mean log-probability {expected.Average():F4} in float32");
        using (Qwen2VLPolicy brain = Qwen2VLPolicy.Load(folder, dataType: ScalarType.BFloat16))
        {
            await CompareAsync("bfloat16", brain);
        }

        string[] names;
        using (Qwen2VLPolicy rows = Qwen2VLPolicy.Load(
            folder, dataType: ScalarType.Float32, quantization: WeightQuantization.Decoder))
        {
            names = [.. rows.Adapters.Modules.Where(module => module.Layer.Quantized is not null).Select(module => module.Name)];
            await CompareAsync("8 bits, a scale for each output", rows);
        }

        using (Qwen2VLPolicy all = Qwen2VLPolicy.Load(
            folder, dataType: ScalarType.Float32, quantization: WeightQuantization.DecoderAndVision))
        {
            await CompareAsync("the same with the tower", all);
        }

        foreach (int size in GroupSizes)
        {
            using Qwen2VLPolicy groupwise = Qwen2VLPolicy.Load(folder, dataType: ScalarType.Float32);
            Round(groupwise, names, size);
            await CompareAsync($"8 bits, a scale for each {size} weights", groupwise);
        }

        async Task CompareAsync(string name, Qwen2VLPolicy policy)
        {
            CompletionGroup[] said = await SayAsync(policy, prompts, options, cancellationToken);
            double[] errors = [.. Score(policy, groups).Zip(expected, (got, wanted) => Math.Abs((double)got - wanted))];
            int same = said.Zip(groups).Count(pair => Said(pair.First).SequenceEqual(Said(pair.Second)));
            console.WriteLine(
                $"{name}: log-probabilities differ by {errors.Average():G3} on average and {errors.Max():G3} at most; "
                + $"{same} of {groups.Length} greedy completions are the same");
        }
    }

    private static IEnumerable<VqaPrompt> Prompts(string? data, CancellationToken cancellationToken)
    {
        if (data is not null)
        {
            TextPromptTemplate template = new("quick-start", "{Question} Answer with an option.");
            return RealMini.LoadTest(data, cancellationToken).Select(template.Format);
        }

        return Enumerable.Range(0, int.MaxValue).Select(seed =>
        {
            byte[] pixels = new byte[56 * 56 * 3];
            new Random(seed).NextBytes(pixels);
            return VqaPrompt.Ask($"What is {seed}?", new PixelImageSource($"noise {seed}", new RgbImage(56, 56, pixels)));
        });
    }

    private static async Task<CompletionGroup[]> SayAsync(
        Qwen2VLPolicy policy, VqaPrompt[] prompts, SamplingOptions options, CancellationToken cancellationToken)
    {
        CompletionGroup[] groups = new CompletionGroup[prompts.Length];
        await foreach (CompletionGroup group in new LocalSampler(policy).SampleAsync(prompts, options, cancellationToken))
        {
            groups[group.PromptIndex] = group;
        }

        return groups;
    }

    private static float[] Score(Qwen2VLPolicy policy, CompletionGroup[] groups)
    {
        using IDisposable noGradient = no_grad();
        return [.. groups.Chunk(PromptsAtOnce).SelectMany(some =>
        {
            using DisposeScope scope = NewDisposeScope();
            TokenStatistics statistics = policy.TokenLogProbabilities(
                [.. some.Select(group => new PackedGroup(policy.Processor.Encode(group.Prompt), [Said(group)]))],
                new TokenStatisticsOptions());
            return statistics.LogProbabilities.masked_select(statistics.Mask).data<float>().ToArray();
        })];
    }

    private static IReadOnlyList<int> Said(CompletionGroup group) => group.Completions[0].TokenIds;

    // Rounds to 8 bits and back with a scale for each block of neighbours in a row.
    private static void Round(Qwen2VLPolicy policy, string[] names, int size)
    {
        using IDisposable noGradient = no_grad();
        foreach (AdaptableModule module in policy.Adapters.Modules.Where(module => names.Contains(module.Name)))
        {
            using DisposeScope scope = NewDisposeScope();
            foreach (Tensor part in module.Layer.Weight.split(size, 1))
            {
                Tensor scale = part.abs().amax([1], true) / 127;
                part.copy_((part / scale).round() * scale);
            }
        }
    }
}
