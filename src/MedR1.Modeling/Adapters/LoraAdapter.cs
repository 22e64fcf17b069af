using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>The tensors of an adapter and its change to each layer. Activated by <see cref="AdapterHost"/>.</summary>
internal sealed class LoraAdapter : IDisposable
{
    private readonly Dictionary<LoraTensor, Parameter> _parameters = [];

    private LoraAdapter(LoraOptions options, IReadOnlyList<LoraTensor> tensors, long seed, bool isTrainable)
    {
        Options = options;
        Tensors = tensors;

        // A frozen adapter takes no gradient, so there is nothing for dropout to regularize, whether or not gradients are enabled.
        Dropout = isTrainable && options.Dropout > 0 ? new LoraDropout(options.Dropout, seed) : null;
        try
        {
            foreach (LoraTensor tensor in tensors)
            {
                _parameters.Add(tensor, Make(tensor));
            }
        }
        catch
        {
            // Typically out of memory, of which a smaller rank may need what these take.
            FreeParameters();
            throw;
        }

        Parameters = [.. tensors.Select(tensor => KeyValuePair.Create(tensor.Name, _parameters[tensor]))];
        int index = 0;
        Layers = [.. tensors.GroupBy(tensor => tensor.Layer)
            .Select(group => (group.Key.Module, Assemble(group.Key, group, index++)))];

        Parameter Make(LoraTensor tensor)
        {
            Device device = tensor.Layer.Module.Layer.Weight.device;
            Parameter parameter = ParameterFactory.Empty([.. tensor.Shape], device, tensor.Type);
            parameter.requires_grad = isTrainable;
            return parameter;
        }
    }

    public LoraOptions Options { get; }

    public IReadOnlyList<LoraTensor> Tensors { get; }

    /// <summary>Every parameter with its name in PEFT.</summary>
    public IReadOnlyList<KeyValuePair<string, Parameter>> Parameters { get; }

    public List<(AdaptableModule Module, LayerAdapter Adapter)> Layers { get; }

    public LoraDropout? Dropout { get; }

    public bool IsMerged { get; private set; }

    /// <summary>
    /// Increases when the layers begin to compute with different tensors, which invalidates recorded decode steps: these
    /// contain tensor addresses.
    /// </summary>
    public long Version { get; private set; }

    /// <summary>Creates an adapter with uninitialized values.</summary>
    public static LoraAdapter Empty(
        LoraOptions options, IReadOnlyList<LoraLayer> layers, long seed, bool isTrainable = true) =>
        new(options, LoraTensor.Of(layers, options.UpHasBias, options.UseDora), seed, isTrainable);

    public Parameter this[LoraTensor tensor] => _parameters[tensor];

    /// <summary>Creates a copy with its own parameters.</summary>
    public LoraAdapter Copy(bool isTrainable)
    {
        LoraAdapter copy = new(Options, Tensors, 0, isTrainable);
        try
        {
            using IDisposable noGradient = no_grad();
            foreach (LoraTensor tensor in Tensors)
            {
                copy[tensor].copy_(this[tensor]);
            }

            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    /// <summary>Computes each updated weight and keeps it in addition to the base's.</summary>
    /// <exception cref="InvalidOperationException">A layer of the base is quantized to 8 bits.</exception>
    public void Merge()
    {
        string[] quantized = [.. Layers
            .Where(layer => layer.Adapter.Update is not null && layer.Module.Layer.Quantized is not null)
            .Select(layer => layer.Module.Name)];
        if (quantized.Length > 0)
        {
            throw new InvalidOperationException(
                $"The base holds {quantized.Length} of the adapter's layers in 8 bits, for example {quantized[0]}, but merging "
                + "needs full precision: save the adapter, load the base without quantization, apply the adapter to it with "
                + "LoraPolicy.Load, and merge there.");
        }

        try
        {
            foreach ((AdaptableModule module, LayerAdapter adapter) in Layers)
            {
                if (adapter.Update is not { } update)
                    continue;
                Tensor weight = update.Merge(module.Layer.Weight, module.Layer.Kind).DetachFromDisposeScope();
                adapter.Merged = (weight, null);
                Tensor? bias = update.MergeBias(adapter.OwnBias ?? module.Layer.Bias, module.Layer.Weight.dtype);
                adapter.Merged = (weight, bias?.DetachFromDisposeScope());
            }
        }
        catch
        {
            // Typically out of memory; layers that stayed merged would not train.
            Unmerge();
            throw;
        }

        IsMerged = true;
        Version++;
    }

    /// <summary>Drops the merged weights; the base was never modified.</summary>
    public void Unmerge()
    {
        foreach ((_, LayerAdapter adapter) in Layers)
        {
            adapter.Merged?.Weight.Dispose();
            adapter.Merged?.Bias?.Dispose();
            adapter.Merged = null;
        }

        IsMerged = false;
        Version++;
    }

    public void Dispose()
    {
        Unmerge();
        FreeParameters();
    }

    private void FreeParameters()
    {
        foreach (Parameter parameter in _parameters.Values)
        {
            parameter.Dispose();
        }
    }

    private LayerAdapter Assemble(LoraLayer layer, IEnumerable<LoraTensor> tensors, int index)
    {
        Dictionary<LoraRole, Parameter> own = tensors.ToDictionary(tensor => tensor.Role, tensor => _parameters[tensor]);
        return new LayerAdapter
        {
            OwnWeight = own.GetValueOrDefault(LoraRole.Weight),
            OwnBias = own.GetValueOrDefault(LoraRole.Bias),
            Update = layer.Rank == 0 ? null : new LowRankUpdate
            {
                Down = own[LoraRole.Down],
                Up = own[LoraRole.Up],
                UpBias = own.GetValueOrDefault(LoraRole.UpBias),
                Magnitude = own.GetValueOrDefault(LoraRole.Magnitude),
                Scale = layer.Scale,
                Dropout = Dropout,
                Index = index,
            },
        };
    }
}
