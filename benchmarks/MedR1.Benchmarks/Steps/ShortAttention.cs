using MedR1.Benchmarks.RealShape;
using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Benchmarks.Steps;

/// <summary>
/// Causal attention of short sequences, forward and backward, in float32 on the CPU: with libtorch's fused operator, as two products,
/// and as in an update (the library's kernel, if the processor has AVX2), on one thread and on all.
/// </summary>
internal static class ShortAttention
{
    private const int Sequences = 16;
    private const int Heads = 4;
    private const int KeyHeads = 2;
    private const int Width = 32;

    public static void Run(IReadOnlyList<int> lengths, TextWriter console)
    {
        int threads = get_num_threads();
        List<string[]> table =
            [["tokens", .. new[] { "fused", "products", "update" }.SelectMany(form => new[] { $"{form}, 1 thread", $"{form}, {threads} threads" })]];
        foreach (int length in lengths)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor queries = randn(Sequences, length, Heads, Width).requires_grad_(true);
            Tensor keys = randn(Sequences, length, KeyHeads, Width).requires_grad_(true);
            Tensor values = randn(Sequences, length, KeyHeads, Width).requires_grad_(true);
            Tensor bias = full([Sequences, 1, length, length], float.NegativeInfinity).triu(1);
            GroupSequencePattern pattern = new(
                new GroupLengths([.. Enumerable.Repeat(length, Sequences)], [.. Enumerable.Repeat<int[]>([0], Sequences)]),
                ScalarType.Float32, CPU);
            Func<Tensor>[] forms =
            [
                () => FusedOperators.ScaledDotProductAttention(
                    queries.transpose(1, 2), keys.transpose(1, 2), values.transpose(1, 2), bias, enableGqa: true),
                () => ProductAttention.Attend(queries, keys, values, bias),
                () => pattern.Attend(0, queries.flatten(0, 1), keys.flatten(0, 1), values.flatten(0, 1)),
            ];
            table.Add([$"{length}", .. forms.SelectMany(form => new[] { 1, threads }.Select(count => BestTime.Of(() => form().sum().backward(), count)))]);
        }

        console.Write(MarkdownTable.Write(table));
    }
}
