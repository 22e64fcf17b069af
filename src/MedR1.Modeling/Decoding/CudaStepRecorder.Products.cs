using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <content>Products with weights.</content>
internal sealed unsafe partial class CudaStepRecorder
{
    // For more rows, a single product is at least as fast in libtorch.
    private const int MaxRows = 16;
    private const int MostRowsOfSeveral = 32;
    private const int MostLayers = 3;

    // The number of blocks that saturates the memory bandwidth of a large GPU.
    private const int EnoughBlocks = 384;
    private const int MostParts = 8;

    // The number of row elements that a block of the multiply_parts kernel processes at a time.
    private const int PartStep = 384;

    /// <inheritdoc/>
    public override StepValues[] Project(StepValues input, params ReadOnlySpan<IAdaptableLayer> layers)
    {
        Tensor rows = SettledFor(input, layers);
        Tensor[] results = new Tensor[layers.Length];
        if (layers.Length is > 1 and <= MostLayers && Fits(rows, layers, MostRowsOfSeveral))
        {
            for (int i = 0; i < layers.Length; i++)
            {
                results[i] = Empty(layers[i]);
            }

            Multiply(rows, layers, results);
        }
        else
        {
            for (int i = 0; i < layers.Length; i++)
            {
                results[i] = ProjectAlone(rows, layers[i]);
            }
        }

        return [.. results.Select(result => new CudaStepValues(result))];
    }

    /// <inheritdoc/>
    public override void ProjectTo(StepValues input, IAdaptableLayer layer, Tensor result)
    {
        Tensor rows = SettledFor(input, layer);
        Tensor target = Checked(result, _rows, ScalarType.BFloat16, Device);
        RequireOutput(target.shape[1], layer);
        if (Fits(rows, [layer], MaxRows))
        {
            Multiply(rows, [layer], [target]);
            return;
        }

        using Tensor made = Apply(rows, layer);
        target.copy_(made);
    }

    /// <inheritdoc/>
    public override StepValues ProjectGated(StepValues input, IAdaptableLayer gate, IAdaptableLayer up)
    {
        RequireOutput(gate.Weight.size(0), up);
        Tensor rows = SettledFor(input, gate, up);
        if (!Fits(rows, [gate, up], MaxRows))
        {
            using Tensor opening = Apply(rows, gate);
            using Tensor opened = Apply(rows, up);
            return new CudaStepValues(GatedActivation.Apply(opening, opened));
        }

        const int OutputsOfBlock = 32;
        Tensor result = Empty(gate);
        using CudaReduced reduced = Reduce(rows, [gate, up]);
        Launch("multiply_gated", rows, [gate, up], [result, result], reduced, OutputsOfBlock, warps: 4, isGated: true);
        return new CudaStepValues(result);
    }

    /// <inheritdoc/>
    public override StepValues AddProjected(StepValues residual, StepValues input, IAdaptableLayer layer)
    {
        Tensor stream = Settled(residual), rows = SettledFor(input, layer);
        RequireOutput(residual.Width, layer);
        if (!Fits(rows, [layer], MaxRows))
        {
            return CudaStepValues.Of(new CudaPendingSum(stream, Apply(rows, layer)));
        }

        const int OutputsOfBlock = 32, Warps = 4;
        int outputs = (int)layer.Weight.shape[0], width = (int)rows.shape[1];
        int blocks = (outputs + OutputsOfBlock - 1) / OutputsOfBlock;
        int parts = Math.Clamp(
            Math.Min((EnoughBlocks + blocks - 1) / blocks, width / PartStep), 1, MostParts);
        Tensor partial = empty([parts, _rows, outputs], ScalarType.Float32, Device);
        CudaReduced reduced = Reduce(rows, [layer]);
        CudaStepArguments.Layer own = ArgumentOf(layer, null, reduced.Of(0));
        CudaStepArguments.Product product = ProductOf(rows);
        product.Partial = TensorMemory.AddressOf(partial);
        product.Layers.First = own;
        void** arguments = stackalloc void*[] { &product };
        _kernels.LaunchStep("multiply_parts", (blocks, parts), 32 * Warps, arguments);
        return CudaStepValues.Of(new CudaPendingSum(stream, partial, own, reduced.Of(0)));
    }

    private Tensor ProjectAlone(Tensor rows, IAdaptableLayer layer)
    {
        if (!Fits(rows, [layer], MaxRows))
        {
            return Apply(rows, layer);
        }

        Tensor result = Empty(layer);
        Multiply(rows, [layer], [result]);
        return result;
    }

    private Tensor Empty(IAdaptableLayer layer) => empty(_rows, layer.Weight.shape[0], ScalarType.BFloat16, Device);

    private void Multiply(Tensor rows, ReadOnlySpan<IAdaptableLayer> layers, ReadOnlySpan<Tensor> results)
    {
        const int Long = 2048, Many = 1 << 15;
        using CudaReduced reduced = Reduce(rows, layers);
        if (layers[0].Weight.shape[0] >= Many && layers.Length == 1)
        {
            Launch("multiply_many", rows, layers, results, reduced, outputsOfBlock: 32, warps: 4);
        }
        else if (_rows > MaxRows)
        {
            Launch("multiply_32_rows", rows, layers, results, reduced, outputsOfBlock: 16, warps: 8);
        }
        else if (rows.shape[1] > Long)
        {
            Launch("multiply", rows, layers, results, reduced, outputsOfBlock: 8, warps: 8);
        }
        else
        {
            Launch("multiply_short", rows, layers, results, reduced, outputsOfBlock: 8, warps: 16);
        }
    }

    private void Launch(
        string name, Tensor rows, ReadOnlySpan<IAdaptableLayer> layers, ReadOnlySpan<Tensor> results, CudaReduced reduced,
        int outputsOfBlock, int warps, bool isGated = false)
    {
        CudaStepArguments.Product product = ProductOf(rows);
        Span<CudaStepArguments.Layer> places = new(&product.Layers.First, MostLayers);
        long blocks = 0;
        for (int i = 0; i < layers.Length; i++)
        {
            places[i] = ArgumentOf(layers[i], results[i], reduced.Of(i));
            long outputs = isGated ? 2 * places[i].Outputs : places[i].Outputs;
            blocks = (isGated ? 0 : blocks) + (outputs + outputsOfBlock - 1) / outputsOfBlock;
        }

        void** arguments = stackalloc void*[] { &product };
        _kernels.LaunchStep(name, (blocks, 1), 32 * warps, arguments);
    }

    private CudaStepArguments.Product ProductOf(Tensor rows) => new()
    {
        Input = TensorMemory.AddressOf(rows),
        Rows = _rows,
        Width = (int)rows.shape[1],
    };

    private static CudaStepArguments.Layer ArgumentOf(IAdaptableLayer layer, Tensor? result, Tensor? low)
    {
        LowRankUpdate? update = UpdateOf(layer);
        return new CudaStepArguments.Layer
        {
            Weight = TensorMemory.AddressOf(WeightOf(layer)),
            Bias = AddressOf(BiasOf(layer)),
            Output = AddressOf(result),
            Low = AddressOf(low),
            Up = AddressOf(update?.Up),
            UpBias = AddressOf(update?.UpBias),
            Scale = (float)(update?.Scale ?? 0),
            Rank = (int)(update?.Down.shape[0] ?? 0),
            Outputs = (int)layer.Weight.shape[0],
        };
    }

    private bool Fits(Tensor rows, ReadOnlySpan<IAdaptableLayer> layers, int mostRows)
    {
        if (_rows > mostRows || rows.shape[1] % 8 != 0)
        {
            return false;
        }

        foreach (IAdaptableLayer layer in layers)
        {
            if (layer.Quantized is not null || !Holds(WeightOf(layer)) || (BiasOf(layer) is { } bias && !Holds(bias))
                || (UpdateOf(layer) is { } update && !FitsUpdate(rows, update)))
            {
                return false;
            }
        }

        return true;
    }
}
