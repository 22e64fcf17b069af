using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Root-mean-square normalisation (Zhang and Sennrich, 2019): <c>x / sqrt(mean(x²) + ε)</c> in float32, cast to the data type of
/// the input, then times the gain. The cast comes before the gain, as in the Qwen2 family; in bfloat16 the order makes a
/// difference.
/// </summary>
public sealed class RmsNormalization : nn.Module<Tensor, Tensor>, IAdaptableLayer
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    /// <summary>Creates a layer whose gain is undefined.</summary>
    /// <param name="size">Width.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <param name="device">Its device.</param>
    /// <param name="dataType">Data type of the gain.</param>
    public RmsNormalization(long size, double epsilon, Device device, ScalarType dataType)
        : base(nameof(RmsNormalization))
    {
        _weight = ParameterFactory.Empty([size], device, dataType);
        Epsilon = epsilon;
        RegisterComponents();
    }

    /// <inheritdoc/>
    public Parameter Weight => _weight;

    /// <summary>What is added to the mean square.</summary>
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
