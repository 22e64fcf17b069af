using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>An embedding table of tokens, which a tied head can share.</summary>
public sealed class TokenEmbedding : nn.Module<Tensor, Tensor>, IPackable, IAdaptableLayer
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    private readonly PackedCopy _packed = new();

    /// <summary>Creates an uninitialized table.</summary>
    /// <param name="vocabularySize">The number of rows.</param>
    /// <param name="size">The width of a row.</param>
    /// <param name="device">The device of the table.</param>
    /// <param name="dataType">The data type of the table.</param>
    public TokenEmbedding(long vocabularySize, long size, Device device, ScalarType dataType)
        : base(nameof(TokenEmbedding))
    {
        _weight = ParameterFactory.Empty([vocabularySize, size], device, dataType);
        RegisterComponents();
    }

    /// <summary>The table, <c>[vocabulary, size]</c>.</summary>
    public Parameter Weight => _weight;

    /// <inheritdoc/>
    public Parameter? Bias => null;

    /// <inheritdoc/>
    public AdaptableLayerKind Kind => AdaptableLayerKind.Embedding;

    /// <inheritdoc/>
    public LayerAdapter? Adapter { get; set; }

    /// <summary>The table packed as the matrix of the tied head, while the packed copy is in use.</summary>
    internal PackedWeight? Packed => _packed.InUse;

    /// <summary>Looks up the vectors of tokens.</summary>
    /// <param name="tokenIds"><c>[N]</c> int64.</param>
    /// <returns><c>[N, size]</c></returns>
    public override Tensor forward(Tensor tokenIds) => Adapter is null
        ? _weight.index_select(0, tokenIds)
        : Adapter.ApplyEmbedding(tokenIds, _weight);

    /// <summary>Applies the tied head, <c>y = x Eᵀ</c>.</summary>
    /// <param name="hidden"><c>[N, size]</c></param>
    /// <returns><c>[N, vocabulary]</c></returns>
    public Tensor Logits(Tensor hidden) => LinearOperator.Apply(hidden, _weight, null, Packed);

    /// <inheritdoc/>
    public long BytesToPack => _packed.BytesToPack(_weight);

    /// <inheritdoc/>
    public void Pack() => _packed.Pack(_weight);

    /// <inheritdoc/>
    public void Unpack(bool keep) => _packed.Unpack(keep);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _packed.Dispose();
        base.Dispose(disposing);
    }
}
