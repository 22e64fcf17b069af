using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Root-mean-square normalisation (Zhang and Sennrich, 2019): <c>x / sqrt(mean(x²) + ε)</c> in float32, cast to the data type of
/// the input and then multiplied by the gain. The cast precedes the gain, as in the Qwen2 family; in bfloat16 the order matters.
/// </summary>
public sealed class RmsNormalization : nn.Module<Tensor, Tensor>, IAdaptableLayer
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    /// <summary>Creates a layer with an uninitialized gain.</summary>
    /// <param name="size">The width of the input.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <param name="device">The device of the gain.</param>
    /// <param name="dataType">The data type of the gain.</param>
    public RmsNormalization(long size, double epsilon, Device device, ScalarType dataType)
        : base(nameof(RmsNormalization))
    {
        _weight = ParameterFactory.Empty([size], device, dataType);
        Epsilon = epsilon;
        RegisterComponents();
    }

    /// <inheritdoc/>
    public Parameter Weight => _weight;

    /// <summary>The ε that is added to the mean square.</summary>
    public double Epsilon { get; }

    /// <inheritdoc/>
    public Parameter? Bias => null;

    /// <inheritdoc/>
    public AdaptableLayerKind Kind => AdaptableLayerKind.Normalization;

    /// <inheritdoc/>
    public LayerAdapter? Adapter { get; set; }

    /// <summary>Normalises the last dimension.</summary>
    /// <param name="input"><c>[…, size]</c></param>
    public override Tensor forward(Tensor input) =>
        FusedOperators.RmsNorm(input, Adapter?.WeightOr(_weight) ?? _weight, Epsilon);
}
