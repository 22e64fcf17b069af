using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>A layer that the backward pass recomputes.</summary>
/// <param name="Pass">The forward pass.</param>
/// <param name="Module">The layer.</param>
/// <param name="Forward">Applies the layer.</param>
/// <param name="Adapters">The active adapter in the forward pass.</param>
/// <param name="InputTakesGradient">Whether the input takes a gradient.</param>
internal sealed record RecomputedLayer(
    CheckpointedPass Pass, nn.Module Module, Func<Tensor, Tensor> Forward, AdapterState Adapters, bool InputTakesGradient)
{
    /// <summary>
    /// The instance that receives failures of the layer's operators, captured here because recomputation may run on a different
    /// thread.
    /// </summary>
    public BackwardFailure Operators { get; } = BackwardFailure.OfOperators;

    /// <summary>Returns the input as the start of a graph of the layer's own; it takes a gradient if the given input does.</summary>
    /// <param name="input">The input of the layer.</param>
    public Tensor Own(Tensor input)
    {
        Tensor own = input.detach();
        own.requires_grad = InputTakesGradient;
        return own;
    }

    /// <summary>
    /// Sets incomplete gradients of the layer to NaN. If the layer's input takes no gradient, nothing else would keep the optimizer
    /// from a step with them. Since lack of memory may be the cause, existing gradients are overwritten; only if there are none, the
    /// smallest parameter gets one.
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
