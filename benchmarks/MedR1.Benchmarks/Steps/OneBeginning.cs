using System.Diagnostics;
using MedR1.Benchmarks.RealShape;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Benchmarks.Steps;

/// <summary>
/// Compares passes over prompts with a common beginning, which is computed once, to passes over as many tokens of prompts that differ
/// in the first token: those of an update with backward pass, and prefill of a sampler.
/// </summary>
internal static class OneBeginning
{
    private const int Prompts = 16;
    private const int Completions = 3;
    private const int CompletionTokens = 8;
    private const int Side = 112;
    private const int Rounds = 12;
    private const int Calls = 4;
    private static readonly TokenStatisticsOptions s_options = new();

    /// <param name="policy">The model.</param>
    /// <param name="commons">Numbers of tokens at the beginning of all prompts.</param>
    /// <param name="oneImage">Whether all prompts are about one image, each with a separate copy.</param>
    /// <param name="console">Gets the table.</param>
    public static void Run(Qwen2VLPolicy policy, IReadOnlyList<int> commons, bool oneImage, TextWriter console)
    {
        List<string[]> table =
            [["tokens in front", "tokens of a prompt", "update, each whole", "once", "ratio", "sampler's prompts, each whole", "once", "ratio"]];
        foreach (int common in commons)
        {
            PackedGroup[] alike = Groups(policy.Processor, common, oneImage, differ: false);
            PackedGroup[] whole = Groups(policy.Processor, common, oneImage, differ: true);
            (double updateWhole, double updateOnce) = Fastest(() => Update(policy, whole), () => Update(policy, alike));
            (double prefillWhole, double prefillOnce) = Fastest(() => Prefill(policy, whole), () => Prefill(policy, alike));
            table.Add(
            [
                $"{common}", $"{alike[0].Prompt.TokenIds.Count}",
                $"{updateWhole:F1} ms", $"{updateOnce:F1} ms", $"{updateOnce / updateWhole:F2}",
                $"{prefillWhole:F1} ms", $"{prefillOnce:F1} ms", $"{prefillOnce / prefillWhole:F2}",
            ]);
        }

        console.Write(MarkdownTable.Write(table));
    }

    private static void Update(Qwen2VLPolicy policy, PackedGroup[] groups)
    {
        using TokenStatistics statistics = policy.TokenLogProbabilities(groups, s_options);
        statistics.LogProbabilities.sum().backward();
    }

    private static void Prefill(Qwen2VLPolicy policy, PackedGroup[] groups)
    {
        using IDisposable guard = no_grad();
        using GroupDecoding decoding = new(policy, groups.Length, 1, groups.Max(group => group.Prompt.TokenIds.Count), 1);
        decoding.Prefill([.. groups.Select(group => group.Prompt)]);
    }

    // In turns, so that both run under the same conditions.
    private static (double First, double Second) Fastest(params Action[] forms)
    {
        double[] best = [.. forms.Select(_ => double.PositiveInfinity)];
        for (int round = 0; round < Rounds; round++)
        {
            for (int form = 0; form < forms.Length; form++)
            {
                Stopwatch clock = Stopwatch.StartNew();
                for (int call = 0; call < Calls; call++)
                {
                    using DisposeScope scope = NewDisposeScope();
                    forms[form]();
                }

                best[form] = Math.Min(best[form], clock.Elapsed.TotalMilliseconds / Calls);
            }
        }

        return (best[0], best[1]);
    }

    private static PackedGroup[] Groups(Qwen2VLProcessor processor, int common, bool oneImage, bool differ) =>
    [
        .. Enumerable.Range(0, Prompts).Select(prompt =>
        {
            EncodedPrompt own = processor.Encode(
                oneImage ? StepPrompts.Ask(Side, $"What is seen? {prompt}", 0) : StepPrompts.Ask(Side, "What is seen?", prompt));
            int[] beginning = Words(common, 1);
            beginning[0] = differ ? prompt : beginning[0];
            int[][] completions = [.. Enumerable.Range(0, Completions).Select(row => Words(CompletionTokens, (prompt * Completions) + row))];
            return new PackedGroup(own with { TokenIds = [.. beginning, .. own.TokenIds] }, completions);
        }),
    ];

    private static int[] Words(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(200))];
    }
}
