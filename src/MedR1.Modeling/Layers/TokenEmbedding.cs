using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>A table of token vectors. A tied head uses the same parameter.</summary>
public sealed class TokenEmbedding : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    /// <summary>Makes a table whose values are undefined.</summary>
    /// <param name="vocabularySize">Rows.</param>
    /// <param name="size">Width.</param>
    /// <param name="device">Where it lives.</param>
    /// <param name="dataType">Its type.</param>
    public TokenEmbedding(long vocabularySize, long size, Device device, ScalarType dataType)
        : base(nameof(TokenEmbedding))
    {
        _weight = ParameterFactory.Empty([vocabularySize, size], device, dataType);
        RegisterComponents();
    }

    /// <summary>The table, <c>[vocabulary, size]</c>.</summary>
    public Parameter Weight => _weight;

    /// <summary>Looks tokens up.</summary>
    /// <param name="tokenIds"><c>[N]</c> int64.</param>
    /// <returns><c>[N, size]</c></returns>
    public override Tensor forward(Tensor tokenIds) => _weight.index_select(0, tokenIds);
}
