using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>A linear layer, <c>y = x Wᵀ + b</c>, with uninitialized parameters.</summary>
public sealed class Projection : nn.Module<Tensor, Tensor>, IPackable, IAdaptableLayer
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter? _bias;

    [ComponentName(Name = "weight_scale")]
    private readonly Parameter? _scale;

    private readonly PackedCopy _packed = new();

    /// <summary>Creates a layer with uninitialized parameters.</summary>
    /// <param name="inputSize">The width of the input.</param>
    /// <param name="outputSize">The width of the output.</param>
    /// <param name="hasBias">Whether the layer has a bias.</param>
    /// <param name="device">The device of the parameters.</param>
    /// <param name="dataType">The data type of the parameters and of the computation.</param>
    /// <param name="isQuantized">
    /// Whether the matrix is quantized to 8 bits, with an additional parameter <c>weight_scale</c>. All parameters are then frozen.
    /// </param>
    public Projection(
        long inputSize, long outputSize, bool hasBias, Device device, ScalarType dataType, bool isQuantized = false)
        : base(nameof(Projection))
    {
        _weight = ParameterFactory.Empty([outputSize, inputSize], device, isQuantized ? ScalarType.Int8 : dataType);
        _bias = hasBias ? ParameterFactory.Empty([outputSize], device, dataType) : null;
        if (isQuantized)
        {
            _scale = ParameterFactory.Empty([outputSize], device, ScalarType.Float32);
            _scale.requires_grad = false;
            Quantized = new QuantizedWeight(_weight, _scale);
            if (_bias is not null)
                _bias.requires_grad = false;
        }

        RegisterComponents();
    }

    /// <summary>The matrix, <c>[output, input]</c>; integers if it is quantized.</summary>
    public Parameter Weight => _weight;

    /// <inheritdoc/>
    public QuantizedWeight? Quantized { get; }

    /// <summary>The bias, <c>[output]</c>, if there is one.</summary>
    public Parameter? Bias => _bias;

    /// <inheritdoc/>
    public AdaptableLayerKind Kind => AdaptableLayerKind.Linear;

    /// <inheritdoc/>
    public LayerAdapter? Adapter { get; set; }

    /// <summary>Applies the layer.</summary>
    /// <param name="input"><c>[…, input]</c></param>
    /// <returns><c>[…, output]</c></returns>
    public override Tensor forward(Tensor input) => (Adapter, Quantized) switch
    {
        (null, null) => LinearOperator.Apply(input, _weight, _bias, _packed.InUse?.For(_weight)),
        (null, { } quantized) => quantized.Apply(input, _bias),
        ({ } adapter, null) => adapter.ApplyLinear(input, _weight, _bias, _packed.InUse),
        ({ } adapter, { } quantized) => adapter.ApplyLinear(input, quantized, _bias),
    };

    /// <inheritdoc/>
    public long BytesToPack => _packed.BytesToPack(UsedWeight);

    /// <inheritdoc/>
    public void Pack() => _packed.Pack(UsedWeight);

    /// <inheritdoc/>
    public void Unpack(bool keep) => _packed.Unpack(keep);

    private Tensor UsedWeight => Adapter?.WeightOr(_weight) ?? _weight;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _packed.Dispose();
        base.Dispose(disposing);
    }
}
