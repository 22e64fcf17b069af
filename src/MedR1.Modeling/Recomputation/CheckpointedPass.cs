using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// One forward pass whose layers are recomputed in the backward pass. The resources that recomputation needs live until the last
/// layer is recomputed, or until <see cref="Release"/>; disposing the pass only ends its forward part.
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
    /// <param name="forward">
    /// Applies the layer; must be deterministic. Gradients reach only the input and the layer's parameters: add other tensors that take
    /// a gradient, such as features of images, outside. What else it uses must live until the backward pass
    /// (<see cref="Keep(IDisposable)"/>).
    /// </param>
    /// <param name="input">The input of the layer.</param>
    /// <returns>The output of the layer.</returns>
    public Tensor Run(nn.Module module, Func<Tensor, Tensor> forward, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(forward);
        ArgumentNullException.ThrowIfNull(input);
        if (!input.requires_grad && !module.TrainableParameters().Any())
            return forward(input);
        _waiting++;

        // The output requires a gradient only if an input of the function does, and the layer's parameters are not inputs.
        using Tensor asker = zeros(1, ScalarType.Float32, CPU, requires_grad: true);
        RecomputedLayer layer = new(this, module, forward, Owner.Adapters.State, input.requires_grad);
        return RecomputedFunction.apply(layer, input, asker);
    }

    /// <summary>Keeps a resource until the last layer is recomputed, then disposes it.</summary>
    /// <param name="resource">A resource that layers need.</param>
    public void Keep(IDisposable resource) => _resources.Add(resource);

    /// <summary>Takes ownership of everything in a dispose scope until the last layer is recomputed, then disposes it.</summary>
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

    /// <summary>Counts a recomputed layer.</summary>
    internal void Finish()
    {
        _waiting--;
        ReleaseIfDone();
    }

    /// <summary>Disposes the kept resources; called after the last layer is recomputed, or if there is no backward pass.</summary>
    public void Release()
    {
        _resources.ForEach(resource => resource.Dispose());
        _resources.Clear();
    }

    /// <summary>
    /// Returns the statistics with a backward state that releases this pass when they are disposed, because a skipped step has no
    /// backward pass.
    /// </summary>
    /// <param name="figures">The result of the pass.</param>
    public TokenStatistics ReleasedWith(TokenStatistics figures)
    {
        ArgumentNullException.ThrowIfNull(figures);
        return figures with { BackwardState = new Ending(this, figures.BackwardState) };
    }

    /// <summary>Returns the output with a backward state that releases this pass when the output is disposed.</summary>
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
