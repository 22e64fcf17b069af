using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <content>Low-rank updates of adapters.</content>
internal sealed unsafe partial class CudaStepRecorder
{
    // Computes the down-projections of all adapters that share an input.
    private CudaReduced Reduce(Tensor rows, ReadOnlySpan<IAdaptableLayer> layers)
    {
        const int MostThreads = 512;
        CudaStepArguments.Reduction reduction = new()
        {
            Input = TensorMemory.AddressOf(rows),
            Width = (int)rows.shape[1],
        };
        CudaReduced reduced = new();
        int ranks = 0;
        for (int i = 0; i < layers.Length; i++)
        {
            if (UpdateOf(layers[i]) is not { } update)
            {
                continue;
            }

            int rank = (int)update.Down.shape[0];
            Tensor low = empty(_rows, rank, ScalarType.Float32, Device);
            reduced.Keep(i, low);
            reduction.Down[i] = TensorMemory.AddressOf(update.Down);
            reduction.Low[i] = TensorMemory.AddressOf(low);
            reduction.Ranks[i] = rank;
            ranks += rank;
        }

        if (ranks > 0)
        {
            void** arguments = stackalloc void*[] { &reduction };
            int threads = CudaKernels.ThreadsForRow(reduction.Width, MostThreads);
            _kernels.LaunchStep("reduce", (ranks, _rows), threads, arguments);
        }

        return reduced;
    }

    // Computes the product by libtorch's operators, and the adapter's update by kernels if they support it.
    private Tensor Apply(Tensor rows, IAdaptableLayer layer)
    {
        if (UpdateOf(layer) is not { } update || !FitsUpdate(rows, update))
        {
            return (layer.Adapter, layer.Quantized) switch
            {
                (null, null) => LinearOperator.Apply(rows, layer.Weight, layer.Bias),
                (null, { } quantized) => quantized.Apply(rows, layer.Bias),
                ({ } adapter, null) => adapter.ApplyLinear(rows, layer.Weight, layer.Bias),
                ({ } adapter, { } quantized) => adapter.ApplyLinear(rows, quantized, layer.Bias),
            };
        }

        const int Threads = 256, RowsOfThread = 8;
        Tensor result = layer.Quantized?.Apply(rows, BiasOf(layer))
            ?? LinearOperator.Apply(rows, WeightOf(layer), BiasOf(layer));
        using CudaReduced reduced = Reduce(rows, [layer]);
        CudaStepArguments.Layer own = ArgumentOf(layer, result, reduced.Of(0));
        int count = _rows;
        void** arguments = stackalloc void*[] { &own, &count };
        _kernels.LaunchStep(
            "add_update", ((own.Outputs + Threads - 1) / Threads, (count + RowsOfThread - 1) / RowsOfThread), Threads, arguments);
        return result;
    }

    private static bool FitsUpdate(Tensor rows, LowRankUpdate update) =>
        rows.shape[1] % 8 == 0 && Takes(update) && IsReadable(update.Down) && IsReadable(update.Up);
}
