using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// One forward pass whose layers are computed again in the backward pass. What they need then lives until the last of them
/// is through, or until <see cref="Release"/>; disposing the pass ends the forward part alone.
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
        if (!input.requires_grad && !module.TrainableParameters().Any())
            return forward(input);
        _waiting++;

        // An output has a gradient where an input has one, and the layer's parameters are no inputs.
        using Tensor asker = zeros(1, requires_grad: true);
        RecomputedLayer layer = new(this, module, forward, Owner.Adapters.State, input.requires_grad);
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

    /// <summary>
    /// Gives free what layers need; called where no backward pass comes any more, or the last of them is through.
    /// </summary>
    public void Release()
    {
        _resources.ForEach(resource => resource.Dispose());
        _resources.Clear();
    }

    /// <summary>
    /// The same figures, which also give free what layers need when they are disposed: a step that is left out has no backward
    /// pass.
    /// </summary>
    /// <param name="figures">What the pass gave.</param>
    public TokenStatistics ReleasedWith(TokenStatistics figures)
    {
        ArgumentNullException.ThrowIfNull(figures);
        return figures with { BackwardState = new Ending(this, figures.BackwardState) };
    }

    /// <summary>The same for a pass that gives something else than figures.</summary>
    /// <param name="output">What the pass gave.</param>
    public PassOutput ReleasedWith(PassOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        return output with { BackwardState = new Ending(this, output.BackwardState) };
    }

    private void ReleaseIfDone()
    {
        if (_isForwardOver && _waiting == 0)
            Release();
    }

    private sealed class Ending(CheckpointedPass pass, IDisposable? other) : IDisposable
    {
        public void Dispose()
        {
            pass.Release();
            other?.Dispose();
        }
    }
}
