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
    /// <summary>Takes what goes wrong in the layer's operators: it is computed again on a thread that may not know.</summary>
    public BackwardFailure Operators { get; } = BackwardFailure.OfOperators;

    /// <summary>
    /// Makes gradients of the layer that are there in part no number: where its input takes none, nothing else would keep the
    /// optimizer from a step with them. Want of memory may be why, so that those that are there do, and only where there is none
    /// the smallest is made.
    /// </summary>
    public void SpoilGradients()
    {
        using IDisposable noGradient = no_grad();
        using AdapterHost.Switch on = Pass.Owner.Adapters.Use(Adapters);
        Parameter[] parameters = [.. Module.TrainableParameters()];
        bool isSpoilt = false;
        foreach (Parameter parameter in parameters)
        {
            using Tensor? gradient = parameter.grad;
            gradient?.FillInPlace(double.NaN);
            isSpoilt |= gradient is not null;
        }

        if (!isSpoilt && parameters.MinBy(parameter => parameter.numel()) is { } smallest)
        {
            using Tensor gradient = zeros_like(smallest).FillInPlace(double.NaN);
            smallest.grad = gradient;
        }
    }
}
