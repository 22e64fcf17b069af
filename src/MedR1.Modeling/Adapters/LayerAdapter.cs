using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>What an adapter does to one layer: a low-rank update, or parameters that replace the layer's own.</summary>
public sealed class LayerAdapter
{
    internal LayerAdapter()
    {
    }

    /// <summary>What it is made of.</summary>
    internal IEnumerable<Parameter> Parameters =>
        new[] { Update?.Down, Update?.Up, Update?.UpBias, Update?.Magnitude, OwnWeight, OwnBias }.OfType<Parameter>();

    internal LowRankUpdate? Update { get; init; }

    /// <summary>Stands for the layer's weight and is trained.</summary>
    internal Parameter? OwnWeight { get; init; }

    /// <summary>Stands for the layer's bias and is trained.</summary>
    internal Parameter? OwnBias { get; init; }

    /// <summary>Weight and bias with the update in them, while the adapter is merged.</summary>
    internal (Tensor Weight, Tensor? Bias)? Merged { get; set; }

    /// <summary>The weight to use instead of the layer's own.</summary>
    /// <param name="own">The layer's own.</param>
    public Tensor WeightOr(Tensor own) => Merged?.Weight ?? OwnWeight ?? own;

    /// <summary>The bias to use instead of the layer's own.</summary>
    /// <param name="own">The layer's own.</param>
    public Tensor? BiasOr(Tensor? own) => Merged?.Bias ?? OwnBias ?? own;

    /// <summary>Applies the layer as a linear map, with this adapter's change.</summary>
    /// <param name="input"><c>[…, input]</c></param>
    /// <param name="weight">The layer's weight; for a kernel, the first axis is the output.</param>
    /// <param name="bias">The layer's bias.</param>
    /// <returns><c>[…, output]</c></returns>
    public Tensor ApplyLinear(Tensor input, Tensor weight, Tensor? bias) => ApplyLinear(input, weight, bias, null);

    /// <summary>The same, with a weight that is packed and perhaps the one that is used.</summary>
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

    /// <summary>The same of a layer whose weight is held in 8 bits: it can't be merged or replaced.</summary>
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
