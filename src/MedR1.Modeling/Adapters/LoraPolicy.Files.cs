using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <content>Creating, loading and saving.</content>
public sealed partial class LoraPolicy
{
    /// <summary>Creates a policy with a new adapter, whose update is initially 0.</summary>
    /// <param name="policy">The base; the caller keeps ownership.</param>
    /// <param name="options">The adapter's options.</param>
    /// <param name="seed">Seed of the initialization and of dropout.</param>
    /// <exception cref="LoraException">The options don't match the model; lists every mistake.</exception>
    /// <exception cref="ObjectDisposedException">The policy is disposed.</exception>
    public static LoraPolicy Create(IAdaptablePolicy policy, LoraOptions options, long seed)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(options);
        LivePolicy.Require(policy);
        List<string> mistakes = [];
        (LoraOptions named, IReadOnlyList<LoraLayer> layers) = LoraPlan.ForNew(options, policy.Adapters, mistakes);
        if (mistakes.Count > 0)
            throw new LoraException($"for a {policy.ArchitectureName}", mistakes);
        LoraAdapter adapter = LoraAdapter.Empty(
            named with { BaseModel = options.BaseModel ?? policy.SourceFolder }, layers, seed);
        try
        {
            LoraInitializer.Fill(adapter, seed);
            return new LoraPolicy(policy, adapter);
        }
        catch
        {
            adapter.Dispose();
            throw;
        }
    }

    /// <summary>Loads an adapter written by PEFT or this library onto a policy.</summary>
    /// <param name="policy">The base; the caller keeps ownership.</param>
    /// <param name="folder">The folder with adapter_config.json and adapter_model.safetensors.</param>
    /// <param name="isTrainable">Whether the adapter takes gradients; without them it has no dropout.</param>
    /// <param name="seed">Seed of dropout.</param>
    /// <exception cref="LoraException">The files don't match the model; lists every mistake.</exception>
    /// <exception cref="ObjectDisposedException">The policy is disposed.</exception>
    public static LoraPolicy Load(IAdaptablePolicy policy, string folder, bool isTrainable = true, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        LivePolicy.Require(policy);
        return new LoraPolicy(policy, LoraFiles.Load(folder, policy, seed, isTrainable));
    }

    /// <summary>
    /// Writes the adapter as a folder that PEFT can load. An existing adapter is replaced only after everything has been written;
    /// other files in its folder are kept. <see cref="SaveMerged"/> writes a complete model.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="cancellationToken">Cancels between tensors; no partial files remain.</param>
    /// <exception cref="DiskFullException">The disk is full; the folder keeps its previous content.</exception>
    public void Save(string folder, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_adapter is null)
            _base.Save(folder, cancellationToken);
        else
            LoraFiles.Save(folder, _adapter, _base.ArchitectureName, cancellationToken);
    }

    /// <summary>
    /// Writes a complete checkpoint folder with the adapter merged into the weights, so that no adapter is needed to load it.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="cancellationToken">Cancels between tensors; no partial files remain.</param>
    /// <exception cref="LoraException">B has a bias at a layer without a bias to merge it into.</exception>
    /// <exception cref="IOException">
    /// The folder contains an adapter, which transformers with PEFT would read instead of the merged model.
    /// </exception>
    /// <exception cref="DiskFullException">The disk is full; the folder keeps its previous content.</exception>
    public void SaveMerged(string folder, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        string[] homeless = [.. (_adapter?.Layers ?? [])
            .Where(layer => layer.Adapter.Update?.UpBias is not null && layer.Module.Layer.Bias is null)
            .Select(layer => $"{layer.Module.Name} has no bias to merge B's bias (lora_bias) into; keep the adapter separate.")];
        if (homeless.Length > 0)
            throw new LoraException("to merge", homeless);
        bool wasMerged = IsMerged;
        try
        {
            Merge();
            Dictionary<string, Tensor> replaced = new(StringComparer.Ordinal);
            foreach ((AdaptableModule module, LayerAdapter layer) in _adapter?.Layers ?? [])
            {
                replaced[$"{module.PublishedName}.weight"] = layer.WeightOr(module.Layer.Weight);
                if (layer.BiasOr(module.Layer.Bias) is { } bias)
                    replaced[$"{module.PublishedName}.bias"] = bias;
            }

            _base.Save(folder, replaced, cancellationToken);
        }
        finally
        {
            if (!wasMerged)
                Unmerge();
        }
    }
}
