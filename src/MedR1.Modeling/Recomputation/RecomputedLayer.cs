using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>A layer that the backward pass computes again.</summary>
/// <param name="Pass">The pass that it is of.</param>
/// <param name="Module">The layer.</param>
/// <param name="Forward">Applies it.</param>
/// <param name="Adapters">What was on.</param>
/// <param name="InputTakesGradient">Whether its input does.</param>
internal sealed record RecomputedLayer(
    CheckpointedPass Pass, nn.Module Module, Func<Tensor, Tensor> Forward, AdapterState Adapters, bool InputTakesGradient)
{
    /// <summary>
    /// Makes gradients of the layer that are there in part no number: where its input takes none, nothing else would keep the
    /// optimizer from a step with them.
    /// </summary>
    public void SpoilGradients()
    {
        using IDisposable noGradient = no_grad();
        using AdapterHost.Switch on = Pass.Owner.Adapters.Use(Adapters);
        foreach (Parameter parameter in Module.TrainableParameters())
        {
            using Tensor gradient = parameter.grad ?? zeros_like(parameter);
            gradient.FillInPlace(double.NaN);
            parameter.grad = gradient;
        }
    }
}
