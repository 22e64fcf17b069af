using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// A layer of a network that adapters can change, without modifying its parameters: it computes with those of
/// <see cref="Adapter"/> instead, by <see cref="LayerAdapter.ApplyLinear(Tensor, Tensor, Tensor?)"/>,
/// <see cref="LayerAdapter.ApplyEmbedding"/>, or <see cref="LayerAdapter.WeightOr"/> and <see cref="LayerAdapter.BiasOr"/>.
/// </summary>
public interface IAdaptableLayer
{
    /// <summary>The kind of the layer.</summary>
    AdaptableLayerKind Kind { get; }

    /// <summary>The matrix, table, kernel or gain; for an 8-bit matrix, its integers.</summary>
    Parameter Weight { get; }

    /// <summary>The matrix, if it is quantized to 8 bits.</summary>
    QuantizedWeight? Quantized => null;

    /// <summary>The bias, if there is one.</summary>
    Parameter? Bias { get; }

    /// <summary>The active adapter; <see langword="null"/> for none. Set by <see cref="AdapterHost"/>.</summary>
    LayerAdapter? Adapter { get; set; }
}
