using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <content>Products with weights.</content>
internal sealed unsafe partial class CpuStepRecorder
{
    /// <inheritdoc/>
    public override StepValues[] Project(StepValues input, params ReadOnlySpan<IAdaptableLayer> layers)
    {
        StepValues[] results = new StepValues[layers.Length];
        for (int i = 0; i < layers.Length; i++)
        {
            results[i] = Project(Own<CpuStepValues>(input), layers[i]);
        }

        return results;
    }

    /// <inheritdoc/>
    public override void ProjectTo(StepValues input, IAdaptableLayer layer, Tensor result)
    {
        CpuStepValues rows = Own<CpuStepValues>(input);
        void* target = AddressOf(Checked(result, _rows, _type, CPU));
        RequireOutput(result.shape[1], layer);
        using CpuStepValues written = new(null, target, (int)result.shape[1], PhaseAfter(RowsForKernel(rows)));
        Multiply(rows, layer, written);
    }

    private CpuStepValues Project(CpuStepValues input, IAdaptableLayer layer)
    {
        int phase = PhaseAfter(RowsForKernel(input));
        CpuStepValues result = Make((int)layer.Weight.shape[0], phase);
        Multiply(input, layer, result);
        return result;
    }

    private bool Takes(IAdaptableLayer layer)
    {
        if (layer.Kind == AdaptableLayerKind.Normalization)
        {
            return Holds(WeightOf(layer));
        }

        return layer.Kind == AdaptableLayerKind.Linear
            && (layer.Quantized is not null || Holds(WeightOf(layer)))
            && (BiasOf(layer) is not { } bias || Holds(bias))
            && (!IsBrainFloat || BrainFloatProduct.Fits(_rows, layer.Weight.shape[1], layer.Weight.shape[0]))
            && (UpdateOf(layer) is not { } update || Takes(update));
    }

    private bool Holds(Tensor parameter) =>
        parameter.dtype == _type && parameter.device_type == DeviceType.CPU && parameter.is_contiguous();

    private void Multiply(CpuStepValues input, IAdaptableLayer layer, CpuStepValues result)
    {
        RequireInput(input, layer);
        void* added = BiasOf(layer) is { } bias ? AddressOf(bias) : null;
        if (IsBrainFloat)
        {
            MultiplyBrainFloats(input, layer, added, result);
        }
        else
        {
            MultiplyFloats(input, layer, (float*)added, result);
        }

        if (UpdateOf(layer) is { } update)
        {
            AddUpdate(input, update, result);
        }
    }

    private void MultiplyBrainFloats(CpuStepValues input, IAdaptableLayer layer, void* bias, CpuStepValues result)
    {
        BrainFloatProduct.Product product = new()
        {
            Rows = (ushort*)RowsForKernel(input).Address,
            Bias = (ushort*)bias,
            Result = (ushort*)result.Address,
            Count = _rows,
            Width = input.Width,
            Outputs = result.Width,
        };
        if (layer.Quantized is { } quantized)
        {
            product.Codes = (sbyte*)AddressOf(quantized.Codes);
            product.Scale = (float*)AddressOf(quantized.Scale);
        }
        else
        {
            product.Weight = (ushort*)AddressOf(WeightOf(layer));
        }

        int parts = BrainFloatProduct.Divide(ref product);
        Record(result.Phase, product, &BrainFloatProduct.Compute, parts);
    }

    private void MultiplyFloats(CpuStepValues input, IAdaptableLayer layer, float* bias, CpuStepValues result)
    {
        FloatProduct.Product product = new()
        {
            Rows = (float*)input.Address,
            Bias = bias,
            Result = (float*)result.Address,
            Count = _rows,
            Width = input.Width,
            Outputs = result.Width,
        };
        if (layer.Quantized is { } quantized)
        {
            product.Weight = AddressOf(quantized.Codes);
            product.Scale = (float*)AddressOf(quantized.Scale);
        }
        else
        {
            product.Weight = AddressOf(WeightOf(layer));
        }

        int parts = FloatProduct.Divide(ref product);
        Record(
            result.Phase, product, layer.Quantized is null ? &FloatProduct.Compute<float> : &FloatProduct.Compute<sbyte>,
            parts);
    }

    // y += s · (x Aᵀ Bᵀ + b)
    private void AddUpdate(CpuStepValues input, LowRankUpdate update, CpuStepValues result)
    {
        CpuStepValues rows = IsBrainFloat ? input.Widened ??= Widen(input) : input;
        int rank = (int)update.Down.shape[0];
        using CpuStepValues low = Make(rank, PhaseAfter(rows));
        FloatProduct.Product down = new()
        {
            Rows = (float*)rows.Address,
            Weight = AddressOf(update.Down),
            Result = (float*)low.Address,
            Count = _rows,
            Width = rows.Width,
            Outputs = rank,
        };
        int parts = FloatProduct.Divide(ref down);
        Record(low.Phase, down, &FloatProduct.Compute<float>, parts);

        LowRankProduct.Job up = new()
        {
            Low = (float*)low.Address,
            Up = (float*)AddressOf(update.Up),
            Bias = update.UpBias is null ? null : (float*)AddressOf(update.UpBias),
            Result = result.Address,
            IsBrainFloat = IsBrainFloat,
            Scale = (float)update.Scale,
            Count = _rows,
            Rank = rank,
            Outputs = result.Width,
        };
        result.Phase = result.LastPhase = Math.Max(PhaseAfter(low), result.LastPhase + 1);
        low.LastPhase = result.Phase;
        Record(result.Phase, up, &LowRankProduct.Compute, LowRankProduct.Divide(up));
    }

    // What the kernel of a product reads: the input, or a copy of it that is arranged for that kernel.
    private CpuStepValues RowsForKernel(CpuStepValues input) =>
        IsBrainFloat && _rows > 1 && BrainFloatProduct.InterleavesRows ? input.Interleaved ??= Interleave(input) : input;

    private CpuStepValues Interleave(CpuStepValues input)
    {
        CpuStepValues result = Make(input.Width, PhaseAfter(input));
        RowInterleaving.Job job = new((ushort*)input.Address, (ushort*)result.Address, _rows, input.Width);
        Record(result.Phase, job, &RowInterleaving.Compute, RowInterleaving.Divide(job));
        return result;
    }

    private CpuStepValues Widen(CpuStepValues input)
    {
        CpuStepValues result = Make(input.Width, PhaseAfter(input));
        RowWidening.Job job = new()
        {
            Source = (ushort*)input.Address,
            Target = (float*)result.Address,
            Count = _rows * input.Width,
        };
        Record(result.Phase, job, &RowWidening.Compute, RowWidening.Divide(job));
        return result;
    }
}
