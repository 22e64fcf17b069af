using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Gradient checkpointing (Chen et al., 2016): only the input of each layer is kept, and the backward pass recomputes the layer.
/// This costs an additional forward pass and saves what the layers would keep. Each instance belongs to one network.
/// </summary>
/// <param name="adapters">The network's adapters: a layer is recomputed with the one that was active.</param>
public sealed class GradientCheckpointing(AdapterHost adapters)
{
    /// <summary>Whether it is on.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool IsEnabled { get; set; }

    internal AdapterHost Adapters => adapters;

    /// <summary>What went wrong while layers were computed again.</summary>
    internal BackwardFailure Failure { get; } = new(
        "The last backward pass could not compute a layer again",
        "Free memory, or keep the layers by switching gradient checkpointing off.");

    /// <summary>Begins a forward pass; null if this is off or no gradient is wanted. The caller disposes it.</summary>
    /// <exception cref="InvalidOperationException">A layer of the previous pass could not be recomputed.</exception>
    public CheckpointedPass? Begin()
    {
        Failure.ThrowIfAny();
        return IsEnabled && is_grad_enabled() ? new CheckpointedPass(this) : null;
    }
}
