using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// One forward pass whose layers are recomputed in the backward pass. What they need for that lives until the last of them is
/// done, or until <see cref="Release"/>; disposing the pass only ends its forward part.
/// </summary>
public sealed class CheckpointedPass : IDisposable
{
    private readonly List<IDisposable> _resources = [];
    private int _waiting;
    private bool _isForwardOver;

    internal CheckpointedPass(GradientCheckpointing owner) => Owner = owner;

    internal GradientCheckpointing Owner { get; }

    /// <summary>Runs a layer, checkpointed if there is a gradient to compute.</summary>
    /// <param name="module">The layer.</param>
    /// <param name="forward">Applies it, in the same way each time it is called.</param>
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

        // An output has a gradient if an input has one, and the layer's parameters are not inputs.
        using Tensor asker = zeros(1, requires_grad: true);
        RecomputedLayer layer = new(this, module, forward, Owner.Adapters.State, input.requires_grad);
        return RecomputedFunction.apply(layer, input, asker);
    }

    /// <summary>Disposes something when the last layer is done.</summary>
    /// <param name="resource">Something that layers need.</param>
    public void Keep(IDisposable resource) => _resources.Add(resource);

    /// <summary>Takes everything out of a scope, and disposes it when the last layer is done.</summary>
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

    /// <summary>Releases what layers need; called if there will be no backward pass, or when the last of them is done.</summary>
    public void Release()
    {
        _resources.ForEach(resource => resource.Dispose());
        _resources.Clear();
    }

    /// <summary>
    /// The same statistics, which also release what layers need when they are disposed: a skipped step has no backward pass.
    /// </summary>
    /// <param name="figures">The result of the pass.</param>
    public TokenStatistics ReleasedWith(TokenStatistics figures)
    {
        ArgumentNullException.ThrowIfNull(figures);
        return figures with { BackwardState = new Ending(this, figures.BackwardState) };
    }

    /// <summary>The same for a pass with a different kind of result.</summary>
    /// <param name="output">The result of the pass.</param>
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
