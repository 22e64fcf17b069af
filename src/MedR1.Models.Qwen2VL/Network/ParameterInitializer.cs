using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// The random initialization of the reference: matrices, embeddings and the patch kernel are normal with mean 0 and the
/// configuration's initializer_range as standard deviation, biases 0 and norm gains 1. Numbers are drawn in float32 on the
/// CPU, so that a seed gives the same values on every device.
/// </summary>
internal static class ParameterInitializer
{
    public static void Fill(
        IEnumerable<KeyValuePair<string, Parameter>> parameters, Qwen2VLConfiguration configuration,
        Generator generator)
    {
        using IDisposable noGradient = no_grad();
        foreach ((string name, Parameter parameter) in parameters)
        {
            if (name.EndsWith(".bias", StringComparison.Ordinal))
            {
                parameter.zero_();
            }
            else if (parameter.dim() == 1)
            {
                parameter.FillInPlace(1);
            }
            else
            {
                double range = ParameterParts.IsVision(name) ? configuration.Vision.InitializerRange : configuration.Text.InitializerRange;
                using Tensor drawn = empty(parameter.shape, dtype: ScalarType.Float32, device: CPU).normal_(0, range, generator);
                parameter.copy_(drawn);
            }
        }
    }
}
