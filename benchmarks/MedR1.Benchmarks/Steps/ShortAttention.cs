using System.Diagnostics;
using System.Globalization;
using MedR1.Benchmarks.RealShape;
using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Benchmarks.Steps;

/// <summary>
/// Attention of short sequences under a mask, forward and backward, in float32 on the CPU: by libtorch's fused operator and as two
/// products, with one thread and with all.
/// </summary>
internal static class ShortAttention
{
    private const int Sequences = 16;
    private const int Heads = 4;
    private const int KeyHeads = 2;
    private const int Width = 32;
    private const int Rounds = 8;
    private const int Calls = 20;

    public static void Run(IReadOnlyList<int> lengths, TextWriter console)
    {
        int threads = get_num_threads();
        List<string[]> table =
            [["tokens", "fused, 1 thread", $"fused, {threads} threads", "products, 1 thread", $"products, {threads} threads"]];
        foreach (int length in lengths)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor queries = randn(Sequences, length, Heads, Width).requires_grad_(true);
            Tensor keys = randn(Sequences, length, KeyHeads, Width).requires_grad_(true);
            Tensor values = randn(Sequences, length, KeyHeads, Width).requires_grad_(true);
            Tensor bias = full([Sequences, 1, length, length], float.NegativeInfinity).triu(1);
            Func<Tensor>[] forms =
            [
                () => FusedOperators.ScaledDotProductAttention(
                    queries.transpose(1, 2), keys.transpose(1, 2), values.transpose(1, 2), bias, enableGqa: true),
                () => ProductAttention.Attend(queries, keys, values, bias),
            ];
            table.Add([$"{length}", .. forms.SelectMany(form => new[] { 1, threads }.Select(count => Milliseconds(form, count)))]);
        }

        set_num_threads(threads);
        console.Write(MarkdownTable.Write(table));
    }

    private static string Milliseconds(Func<Tensor> attend, int threads)
    {
        set_num_threads(threads);
        double best = double.PositiveInfinity;
        for (int round = 0; round < Rounds; round++)
        {
            Stopwatch clock = Stopwatch.StartNew();
            for (int call = 0; call < Calls; call++)
            {
                using DisposeScope scope = NewDisposeScope();
                attend().sum().backward();
            }

            best = Math.Min(best, clock.Elapsed.TotalMilliseconds / Calls);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{best:F1} ms");
    }
}
