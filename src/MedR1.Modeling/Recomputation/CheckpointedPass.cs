using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// One forward pass whose layers are computed again in the backward pass. What they need then lives until the last of them
/// is through; disposing the pass ends the forward part alone.
/// </summary>
public sealed class CheckpointedPass : IDisposable
{
    private readonly List<IDisposable> _resources = [];
    private int _waiting;
    private bool _isForwardOver;

    internal CheckpointedPass(GradientCheckpointing owner) => Owner = owner;

    internal GradientCheckpointing Owner { get; }

    /// <summary>Runs a layer; without a gradient to compute, as it is.</summary>
    /// <param name="module">The layer.</param>
    /// <param name="forward">Applies it, the same way each time that it is called.</param>
    /// <param name="input">Its input.</param>
    /// <returns>Its output.</returns>
    public Tensor Run(nn.Module module, Func<Tensor, Tensor> forward, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(forward);
        ArgumentNullException.ThrowIfNull(input);
        if (!input.requires_grad && !Trains(module))
            return forward(input);
        _waiting++;

        // An output has a gradient where an input has one, and the layer's parameters are no inputs.
        using Tensor asker = zeros(1, requires_grad: true);
        RecomputedLayer layer = new(this, forward, Owner.Adapters.State, input.requires_grad);
        return RecomputedFunction.apply(layer, input, asker);
    }

    /// <summary>Disposes something when the last layer is through.</summary>
    /// <param name="resource">What layers need.</param>
    public void Keep(IDisposable resource) => _resources.Add(resource);

    /// <summary>Takes everything out of a scope, and disposes it when the last layer is through.</summary>
    /// <param name="scope">The scope.</param>
    public void Keep(DisposeScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        foreach (IDisposable resource in scope.DisposablesView.ToArray())
        {
            scope.Detach(resource);
            _resources.Add(resource);
        }
    }

    /// <summary>Ends the forward part.</summary>
    public void Dispose()
    {
        _isForwardOver = true;
        ReleaseIfDone();
    }

    /// <summary>Counts a layer that was computed again.</summary>
    internal void Finish()
    {
        _waiting--;
        ReleaseIfDone();
    }

    private static bool Trains(nn.Module module) => module.parameters().Any(parameter => parameter.requires_grad)
        || module.modules().Any(part => part is IAdaptableLayer { Adapter.IsTrainable: true });

    private void ReleaseIfDone()
    {
        if (!_isForwardOver || _waiting > 0)
            return;
        _resources.ForEach(resource => resource.Dispose());
        _resources.Clear();
    }
}
