using TorchSharp.Modules;

namespace MedR1.Modeling;

/// <summary>
/// The layers of a network that adapters can change, and the active adapter. Switching adapters takes microseconds, because it
/// changes only a reference in each layer. Not thread-safe, like the network.
/// </summary>
public sealed class AdapterHost
{
    /// <summary>The name of the head, in both naming schemes.</summary>
    internal const string Head = "lm_head";

    // The parameters that were frozen for adapters and become trainable again when the last adapter is gone.
    private readonly List<Parameter> _frozen = [];
    private int _adapters;
    private LoraAdapter? _current;

    /// <summary>Creates a host for the layers.</summary>
    /// <param name="modules">
    /// The layers, in the order of the network, each of which applies its <see cref="IAdaptableLayer.Adapter"/> if it has one. The head is
    /// named <c>lm_head</c>, so that <see cref="ModuleSelection.AllLinear"/> leaves it out.
    /// </param>
    public AdapterHost(IReadOnlyList<AdaptableModule> modules)
    {
        ArgumentNullException.ThrowIfNull(modules);
        Modules = [.. modules];
    }

    /// <summary>The layers.</summary>
    public IReadOnlyList<AdaptableModule> Modules { get; }

    /// <summary>The layers that the active adapter changes; empty if none is active.</summary>
    public IEnumerable<AdaptableModule> Adapted => _current?.Layers.Select(one => one.Module) ?? [];

    /// <summary>Whether the active adapter applies dropout in the current pass.</summary>
    public bool HasDropout => State.DropoutPass is not null;

    /// <summary>The current state, which must be restored when a pass is recomputed later.</summary>
    internal AdapterState State => new(_current, _current?.Dropout?.Pass);

    /// <summary>Switches to a state until the result is disposed.</summary>
    internal Switch Use(AdapterState state)
    {
        Switch back = new(this, State);
        Set(state);
        return back;
    }

    /// <summary>Registers an adapter and freezes the network's parameters.</summary>
    internal void Freeze(IEnumerable<Parameter> parameters)
    {
        _adapters++;
        foreach (Parameter parameter in parameters.Where(one => one.requires_grad))
        {
            parameter.requires_grad = false;
            _frozen.Add(parameter);
        }
    }

    /// <summary>Unregisters an adapter; after the last one, the frozen parameters become trainable again.</summary>
    internal void Unfreeze()
    {
        if (--_adapters > 0)
            return;

        // The network may have been disposed before its adapter.
        foreach (Parameter parameter in _frozen.Where(one => !one.IsInvalid))
        {
            parameter.requires_grad = true;
        }

        _frozen.Clear();
    }

    private void Set(AdapterState state)
    {
        if (!ReferenceEquals(_current, state.Adapter))
        {
            _current?.Layers.ForEach(one => one.Module.Layer.Adapter = null);
            state.Adapter?.Layers.ForEach(one => one.Module.Layer.Adapter = one.Adapter);
            _current = state.Adapter;
        }

        if (state.Adapter?.Dropout is { } dropout)
            dropout.Pass = state.DropoutPass;
    }

    internal readonly struct Switch(AdapterHost host, AdapterState before) : IDisposable
    {
        public void Dispose() => host.Set(before);
    }
}
