using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>An adapter's change to one layer: a low-rank update, or parameters that replace the layer's own.</summary>
public sealed class LayerAdapter
{
    internal LayerAdapter()
    {
    }

    /// <summary>The adapter's parameters for this layer.</summary>
    internal IEnumerable<Parameter> Parameters =>
        new[] { Update?.Down, Update?.Up, Update?.UpBias, Update?.Magnitude, OwnWeight, OwnBias }.OfType<Parameter>();

    internal LowRankUpdate? Update { get; init; }

    /// <summary>A trained copy that replaces the layer's weight.</summary>
    internal Parameter? OwnWeight { get; init; }

    /// <summary>A trained copy that replaces the layer's bias.</summary>
    internal Parameter? OwnBias { get; init; }

    /// <summary>Weight and bias including the update, while the adapter is merged.</summary>
    internal (Tensor Weight, Tensor? Bias)? Merged { get; set; }

    /// <summary>Returns the weight to use in place of the layer's own.</summary>
    /// <param name="own">The layer's own weight.</param>
    public Tensor WeightOr(Tensor own) => Merged?.Weight ?? OwnWeight ?? own;

    /// <summary>Returns the bias to use in place of the layer's own.</summary>
    /// <param name="own">The layer's own bias.</param>
    public Tensor? BiasOr(Tensor? own) => Merged?.Bias ?? OwnBias ?? own;

    /// <summary>Applies the layer as a linear map, with this adapter's change.</summary>
    /// <param name="input"><c>[…, input]</c></param>
    /// <param name="weight">The layer's weight; the first axis of a convolution kernel is the output.</param>
    /// <param name="bias">The layer's bias.</param>
    /// <returns><c>[…, output]</c></returns>
    public Tensor ApplyLinear(Tensor input, Tensor weight, Tensor? bias) => ApplyLinear(input, weight, bias, null);

    /// <summary>Applies the layer as a linear map, using a packed weight if it belongs to the weight in use.</summary>
    internal Tensor ApplyLinear(Tensor input, Tensor weight, Tensor? bias, PackedWeight? packed)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor used = WeightOr(weight);
        Tensor matrix = LowRankUpdate.Flat(used);
        Tensor Plain(Tensor rows, Tensor? added) => LinearOperator.Apply(rows, matrix, added, packed?.For(used));
        return (Merged is not null || Update is null
            ? Plain(input, BiasOr(bias))
            : Update.Apply(input, () => matrix, BiasOr(bias), Plain)).MoveToOuterDisposeScope();
    }

    /// <summary>Applies a layer with an 8-bit weight, which can't be merged or replaced.</summary>
    internal Tensor ApplyLinear(Tensor input, QuantizedWeight weight, Tensor? bias)
    {
        using DisposeScope scope = NewDisposeScope();
        return (Update is null
            ? weight.Apply(input, BiasOr(bias))
            : Update.Apply(input, () => weight.Dequantize(Update.Down.dtype), BiasOr(bias), weight.Apply))
            .MoveToOuterDisposeScope();
    }

    /// <summary>Applies the layer as an embedding table, with this adapter's change.</summary>
    /// <param name="tokenIds"><c>[N]</c> int64.</param>
    /// <param name="weight">The layer's table.</param>
    /// <returns><c>[N, size]</c></returns>
    public Tensor ApplyEmbedding(Tensor tokenIds, Tensor weight)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor vectors = WeightOr(weight).index_select(0, tokenIds);
        if (Merged is null && Update is not null)
            vectors = Update.AddRows(vectors, tokenIds);
        return vectors.MoveToOuterDisposeScope();
    }
}
