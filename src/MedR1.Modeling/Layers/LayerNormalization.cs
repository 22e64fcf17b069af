using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>Layer normalisation with uninitialized gain and bias.</summary>
public sealed class LayerNormalization : nn.Module<Tensor, Tensor>, IAdaptableLayer
{
    private readonly long[] _shape;
    private readonly double _epsilon;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias;

    /// <summary>Creates a layer with uninitialized parameters.</summary>
    /// <param name="size">The width of the input.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="device">The device of the parameters.</param>
    /// <param name="dataType">The data type of gain and bias.</param>
    public LayerNormalization(long size, double epsilon, Device device, ScalarType dataType)
        : base(nameof(LayerNormalization))
    {
        _shape = [size];
        _epsilon = epsilon;
        _weight = ParameterFactory.Empty([size], device, dataType);
        _bias = ParameterFactory.Empty([size], device, dataType);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public Parameter Weight => _weight;

    /// <inheritdoc/>
    public Parameter? Bias => _bias;

    /// <inheritdoc/>
    public AdaptableLayerKind Kind => AdaptableLayerKind.Normalization;

    /// <inheritdoc/>
    public LayerAdapter? Adapter { get; set; }

    /// <summary>Normalises the last dimension.</summary>
    /// <param name="input"><c>[…, size]</c></param>
    public override Tensor forward(Tensor input)
    {
        Tensor gain = Adapter?.WeightOr(_weight) ?? _weight;
        Tensor bias = Adapter?.BiasOr(_bias) ?? _bias;
        return GainFunction.Fits(input, gain, bias)
            ? GainFunction.Apply(input, gain, bias, _epsilon)
            : nn.functional.layer_norm(input, _shape, gain, bias, _epsilon);
    }
}
