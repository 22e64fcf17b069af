using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Gradient checkpointing (Chen et al., 2016): of each layer only the input is kept, and the backward pass computes the
/// layer again. Costs a forward pass more and saves what the layers would keep. One belongs to one network.
/// </summary>
/// <param name="adapters">The network's adapters: a layer is computed again with the one that was on.</param>
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

    /// <summary>Begins a forward pass; null where it is off or no gradient is wanted. The caller disposes it.</summary>
    /// <exception cref="InvalidOperationException">A layer could not be computed again in the pass before.</exception>
    public CheckpointedPass? Begin()
    {
        Failure.ThrowIfAny();
        return IsEnabled && is_grad_enabled() ? new CheckpointedPass(this) : null;
    }
}
