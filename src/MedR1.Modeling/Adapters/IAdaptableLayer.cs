using TorchSharp.Modules;

namespace MedR1.Modeling;

/// <summary>A layer of a network that adapters can change. Its own parameters stay as they are.</summary>
public interface IAdaptableLayer
{
    /// <summary>What the layer computes.</summary>
    AdaptableLayerKind Kind { get; }

    /// <summary>Matrix, table, kernel or gain; of a matrix in 8 bits, its whole numbers.</summary>
    Parameter Weight { get; }

    /// <summary>The matrix, where it is held in 8 bits.</summary>
    QuantizedWeight? Quantized => null;

    /// <summary>The bias, where there is one.</summary>
    Parameter? Bias { get; }

    /// <summary>What is switched on; null for the layer as it is. <see cref="AdapterHost"/> sets it.</summary>
    LayerAdapter? Adapter { get; set; }
}
