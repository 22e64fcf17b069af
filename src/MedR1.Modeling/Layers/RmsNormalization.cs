using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Root-mean-square normalisation (Zhang and Sennrich, 2019): <c>x / sqrt(mean(x²) + ε)</c> in float32, cast to the type of the
/// input, then times the gain. The cast stands before the gain, as in the Qwen2 family; in bfloat16 the order shows.
/// </summary>
public sealed class RmsNormalization : nn.Module<Tensor, Tensor>
{
    private static readonly long[] LastDimension = [-1];

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    private readonly double _epsilon;

    /// <summary>Makes a layer whose gain is undefined.</summary>
    /// <param name="size">Width.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <param name="device">Where it lives.</param>
    /// <param name="dataType">Type of the gain.</param>
    public RmsNormalization(long size, double epsilon, Device device, ScalarType dataType)
        : base(nameof(RmsNormalization))
    {
        _weight = ParameterFactory.Empty([size], device, dataType);
        _epsilon = epsilon;
        RegisterComponents();
    }

    /// <summary>Normalises the last dimension.</summary>
    /// <param name="input"><c>[…, size]</c></param>
    public override Tensor forward(Tensor input)
    {
        using Tensor wide = input.to(ScalarType.Float32);
        using Tensor square = wide.square();
        using Tensor inverse = square.mean(LastDimension, keepdim: true).add_(_epsilon).rsqrt_();
        using Tensor normalised = wide * inverse;
        using Tensor narrow = normalised.to(input.dtype);
        return narrow * _weight;
    }
}
