using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// PEFT's random initialization, in which the update is 0: A is uniform within ±1/√fan-in (Kaiming with a = √5) and B is 0; for
/// an embedding table, A is 0 and B is normal. Numbers are drawn on the CPU, so that a seed gives the same values on every device.
/// </summary>
internal static class LoraInitializer
{
    public static void Fill(LoraAdapter adapter, long seed)
    {
        using IDisposable noGradient = no_grad();
        using Generator generator = new((ulong)seed, CPU);
        foreach (LoraTensor tensor in adapter.Tensors)
        {
            using DisposeScope scope = NewDisposeScope();
            Parameter parameter = adapter[tensor];
            IAdaptableLayer layer = tensor.Layer.Module.Layer;
            bool isTable = layer.Kind == AdaptableLayerKind.Embedding;
            switch (tensor.Role)
            {
                case LoraRole.Down when !isTable:
                    double bound = 1 / Math.Sqrt(parameter.numel() / (double)parameter.shape[0]);
                    parameter.copy_(Drawn(parameter).uniform_(-bound, bound, generator));
                    break;
                case LoraRole.Up when isTable:
                    parameter.copy_(Drawn(parameter).normal_(0, 1, generator));
                    break;
                case LoraRole.Weight:
                    parameter.copy_(layer.Weight);
                    break;
                case LoraRole.Bias:
                    parameter.copy_(layer.Bias!);
                    break;
                default:
                    parameter.zero_();
                    break;
            }
        }

        // Because the updates are 0, the magnitude is the norm of the base's rows.
        foreach ((AdaptableModule module, LayerAdapter layer) in adapter.Layers)
        {
            if (layer.Update is { Magnitude: { } magnitude } update)
            {
                using DisposeScope scope = NewDisposeScope();
                magnitude.copy_(update.Norm(
                    module.Layer.Quantized?.Dequantize(magnitude.dtype) ?? module.Layer.Weight));
            }
        }
    }

    private static Tensor Drawn(Parameter parameter) => empty(parameter.shape, dtype: ScalarType.Float32, device: CPU);
}
