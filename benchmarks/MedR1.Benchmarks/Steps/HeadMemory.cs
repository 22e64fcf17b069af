using System.Diagnostics;
using MedR1.Benchmarks.RealShape;
using MedR1.Losses;
using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Benchmarks.Steps;

/// <summary>
/// Log-probabilities of the tokens of whole conversations with a head of the real shape, with backward pass: in pieces, like
/// in the pass of a trainer, and from all logits at once.
/// </summary>
internal static class HeadMemory
{
    private const int Vocabulary = 151_936;
    private const int Width = 1536;

    public static void Run(int tokens, TextWriter console)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(1, CPU);
        Tensor weight = empty(Vocabulary, Width).normal_(0, 0.02, generator).to(ScalarType.BFloat16);
        Tensor states = empty(tokens, Width).normal_(0, 1, generator).to(ScalarType.BFloat16);
        Tensor targets = randint(0, Vocabulary, [tokens], generator: generator);
        List<(string Form, double Seconds, long Bytes)> rows =
        [
            Measure("in pieces", hidden =>
            {
                using FusedTokenLogProbabilities figures = FusedLogProbabilities.Compute(hidden, weight, targets);
                figures.LogProbabilities.sum().backward();
            }),
            Measure("all logits at once", hidden =>
            {
                Tensor sources = arange(tokens, ScalarType.Int64).unsqueeze(0);
                TokenScores.Compute(
                    nn.functional.linear(hidden, weight), sources, targets.unsqueeze(0),
                    ones(1, tokens, dtype: ScalarType.Bool), new TokenStatisticsOptions()).LogProbabilities.sum().backward();
            }),
        ];
        console.Write(MarkdownTable.Write(
        [
            [$"{tokens} tokens", "time", "memory added"],
            .. rows.Select(row => (string[])[row.Form, $"{row.Seconds:F2} s", $"{row.Bytes / 1e9:F2} GB"]),
        ]));

        (string Form, double Seconds, long Bytes) Measure(string form, Action<Tensor> work)
        {
            using DisposeScope inner = NewDisposeScope();
            Tensor hidden = states.clone().requires_grad_(true);
            long before = MachineLimits.RestartPeakMemory();
            Stopwatch clock = Stopwatch.StartNew();
            work(hidden);
            return (form, clock.Elapsed.TotalSeconds, MachineLimits.PeakMemoryBytes() - before);
        }
    }
}
