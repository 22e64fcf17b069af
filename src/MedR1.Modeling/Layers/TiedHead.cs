using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>A language-model head that uses the token embedding as its matrix.</summary>
/// <param name="embedding">The embedding; its owner disposes it.</param>
public sealed class TiedHead(TokenEmbedding embedding) : IAdaptableLayer
{
    /// <inheritdoc/>
    public AdaptableLayerKind Kind => AdaptableLayerKind.Linear;

    /// <inheritdoc/>
    public Parameter Weight => embedding.Weight;

    /// <inheritdoc/>
    public Parameter? Bias => null;

    /// <inheritdoc/>
    public LayerAdapter? Adapter { get; set; }

    /// <summary>Applies the head.</summary>
    /// <param name="input"><c>[…, size]</c></param>
    /// <returns><c>[…, vocabulary]</c></returns>
    public Tensor Apply(Tensor input) => Adapter is null
        ? embedding.Logits(input)
        : Adapter.ApplyLinear(input, Weight, null, embedding.Packed);
}
