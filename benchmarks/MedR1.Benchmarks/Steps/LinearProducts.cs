using MedR1.Benchmarks.RealShape;
using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Benchmarks.Steps;

/// <summary>
/// A linear layer, forward and backward, in float32 on the CPU: with libtorch and with the library's products, on one thread
/// and on all.
/// </summary>
internal static class LinearProducts
{
    // Rows, inputs, outputs: the quick start's layers and head, and layers of the 2B shape.
    private static readonly (int Rows, int Width, int Outputs)[] s_shapes =
        [(1500, 128, 128), (1500, 128, 384), (1500, 384, 128), (400, 128, 1536), (256, 1536, 1536), (256, 1536, 8960)];

    public static void Run(TextWriter console)
    {
        int threads = get_num_threads();
        List<string[]> table =
            [["rows × inputs → outputs", "libtorch, 1 thread", $"libtorch, {threads} threads", "library, 1 thread", $"library, {threads} threads"]];
        foreach ((int rows, int width, int outputs) in s_shapes)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor input = randn(rows, width).requires_grad_(true), weight = randn(outputs, width).requires_grad_(true);
            Tensor given = randn(rows, outputs);
            Func<Tensor>[] forms =
                [() => nn.functional.linear(input, weight), () => LinearOperator.Apply(input, weight)];
            table.Add(
            [
                $"{rows} × {width} → {outputs}",
                .. forms.SelectMany(form => new[] { 1, threads }.Select(
                    count => BestTime.Of(() => autograd.backward([form()], [given]), count))),
            ]);
        }

        console.Write(MarkdownTable.Write(table));
    }
}
