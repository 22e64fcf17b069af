using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <content>Products with weights.</content>
public sealed unsafe partial class StepRecorder
{
    /// <summary>Applies a linear layer with its adapter.</summary>
    /// <param name="input"><c>[rows, input]</c></param>
    /// <param name="layer">The layer, one that <see cref="Takes(IEnumerable{IAdaptableLayer})"/>.</param>
    /// <returns><c>[rows, output]</c></returns>
    public StepValues Project(StepValues input, IAdaptableLayer layer)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(layer);
        int phase = PhaseAfter(input);
        StepValues result = Make((int)layer.Weight.shape[0], phase);
        Multiply(input, layer, result);
        return result;
    }

    /// <summary>Applies a linear layer with its adapter and writes to a tensor.</summary>
    /// <param name="input"><c>[rows, input]</c></param>
    /// <param name="layer">The layer, one that <see cref="Takes(IEnumerable{IAdaptableLayer})"/>.</param>
    /// <param name="result"><c>[rows, output]</c> in the type of the step.</param>
    public void Project(StepValues input, IAdaptableLayer layer, Tensor result)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(layer);
        using StepValues written = new(null, AddressOf(Checked(result)), (int)layer.Weight.shape[0], PhaseAfter(input));
        Multiply(input, layer, written);
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

    private static bool Takes(LowRankUpdate update) =>
        update.Magnitude is null && update.Dropout?.Pass is null && update.Down.dtype == ScalarType.Float32
        && update.Up.dtype == ScalarType.Float32 && update.Down.dim() == 2 && update.Up.dim() == 2
        && update.UpBias is not { dtype: not ScalarType.Float32 };

    // What a layer computes with, an adapter that is switched on included.
    private static Tensor WeightOf(IAdaptableLayer layer) => layer.Adapter?.WeightOr(layer.Weight) ?? layer.Weight;

    private static Tensor? BiasOf(IAdaptableLayer layer) =>
        layer.Adapter is null ? layer.Bias : layer.Adapter.BiasOr(layer.Bias);

    private static LowRankUpdate? UpdateOf(IAdaptableLayer layer) =>
        layer.Adapter?.Merged is null ? layer.Adapter?.Update : null;

    private void Multiply(StepValues input, IAdaptableLayer layer, StepValues result)
    {
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

    private void MultiplyBrainFloats(StepValues input, IAdaptableLayer layer, void* bias, StepValues result)
    {
        BrainFloatProduct.Product product = new()
        {
            Rows = (ushort*)input.Address,
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

    private void MultiplyFloats(StepValues input, IAdaptableLayer layer, float* bias, StepValues result)
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
    private void AddUpdate(StepValues input, LowRankUpdate update, StepValues result)
    {
        StepValues rows = IsBrainFloat ? input.Widened ??= Widen(input) : input;
        int rank = (int)update.Down.shape[0];
        using StepValues low = Make(rank, PhaseAfter(rows));
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

    private StepValues Widen(StepValues input)
    {
        StepValues result = Make(input.Width, PhaseAfter(input));
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
