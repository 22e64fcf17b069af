using TorchSharp.Modules;

namespace MedR1.Modeling;

/// <summary>A layer of a network that adapters can change. Its own parameters stay as they are.</summary>
public interface IAdaptableLayer
{
    /// <summary>What the layer computes.</summary>
    AdaptableLayerKind Kind { get; }

    /// <summary>Matrix, table, kernel or gain; for a matrix in 8 bits, its integers.</summary>
    Parameter Weight { get; }

    /// <summary>The matrix, if it is held in 8 bits.</summary>
    QuantizedWeight? Quantized => null;

    /// <summary>The bias, if there is one.</summary>
    Parameter? Bias { get; }

    /// <summary>The active adapter; null for the layer as it is. Set by <see cref="AdapterHost"/>.</summary>
    LayerAdapter? Adapter { get; set; }
}
