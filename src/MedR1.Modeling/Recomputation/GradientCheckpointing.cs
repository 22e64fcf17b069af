using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Gradient checkpointing (Chen et al., 2016): only the input of each layer is saved, and the backward pass recomputes the layer.
/// This costs an additional forward pass and saves the memory of the layers' activations. An instance belongs to one network.
/// </summary>
/// <param name="adapters">The network's adapters; a layer is recomputed with the adapter that was active.</param>
public sealed class GradientCheckpointing(AdapterHost adapters)
{
    /// <summary>Whether gradient checkpointing is enabled.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool IsEnabled { get; set; }

    internal AdapterHost Adapters => adapters;

    /// <summary>The failure of a recomputation.</summary>
    internal BackwardFailure Failure { get; } = new(
        "The last backward pass could not recompute a layer",
        "Free memory, or keep the activations by disabling gradient checkpointing.");

    /// <summary>
    /// Begins a forward pass; returns <see langword="null"/> if checkpointing or gradients are disabled. The caller disposes it.
    /// </summary>
    /// <exception cref="InvalidOperationException">A layer of the previous pass could not be recomputed.</exception>
    public CheckpointedPass? Begin()
    {
        Failure.ThrowIfAny();
        return IsEnabled && is_grad_enabled() ? new CheckpointedPass(this) : null;
    }
}
