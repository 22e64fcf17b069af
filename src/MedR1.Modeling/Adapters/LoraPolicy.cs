using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// A policy with a LoRA adapter. The base's parameters are frozen until the adapter is disposed; only the adapter is trained. The
/// base's weights are unchanged, so that the base, or <see cref="Reference"/>, is the policy with the adapter disabled. An instance
/// and its base must not be used by two threads at once. The caller keeps ownership of the base and disposes it after the instance.
/// </summary>
public sealed partial class LoraPolicy : IVisionLanguagePolicy
{
    private readonly IAdaptablePolicy _base;
    private readonly LoraAdapter? _adapter;
    private bool _isDisposed;

    private LoraPolicy(IAdaptablePolicy policy, LoraAdapter? adapter)
    {
        _base = policy;
        _adapter = adapter;
        Parameters = [.. policy.Parameters, .. adapter?.Parameters ?? []];
        if (adapter is not null)
            policy.Adapters.Freeze(policy.Parameters.Select(pair => pair.Value));
    }

    /// <summary>The policy without the adapter.</summary>
    public IAdaptablePolicy Base => _base;

    /// <summary>
    /// The policy with the adapter disabled, for use as the reference; takes no extra memory and need not be disposed.
    /// </summary>
    public IVisionLanguagePolicy Reference => new LoraPolicy(_base, null);

    /// <summary>The adapter's options.</summary>
    public LoraOptions Options => _adapter?.Options ?? new LoraOptions();

    /// <summary>The adapter's parameters with their names in its file.</summary>
    public IReadOnlyList<KeyValuePair<string, Parameter>> AdapterParameters => _adapter?.Parameters ?? [];

    /// <summary>Whether the adapter is enabled; while it is disabled, the policy is equivalent to its base.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool IsEnabled { get; set; } = true;

    /// <summary>Whether the adapter is merged.</summary>
    public bool IsMerged => _adapter?.IsMerged == true;

    /// <inheritdoc/>
    public nn.Module Network => _base.Network;

    /// <inheritdoc/>
    public IVisionLanguageProcessor Processor => _base.Processor;

    /// <inheritdoc/>
    public Device Device => _base.Device;

    /// <inheritdoc/>
    public ScalarType DataType => _base.DataType;

    /// <inheritdoc/>
    public int VocabularySize => _base.VocabularySize;

    /// <inheritdoc/>
    public int ContextLength => _base.ContextLength;

    /// <inheritdoc/>
    public IReadOnlyList<int> EndTokenIds => _base.EndTokenIds;

    /// <inheritdoc/>
    public IReadOnlyList<int> SuppressedTokenIds => _base.SuppressedTokenIds;

    /// <inheritdoc/>
    public long? DropoutSeed => _adapter?.Dropout?.Seed;

    /// <summary>The base's parameters, then the adapter's with their names in PEFT.</summary>
    public IReadOnlyList<KeyValuePair<string, Parameter>> Parameters { get; }

    /// <inheritdoc/>
    public ModelPart PartOf(string parameterName)
    {
        ArgumentNullException.ThrowIfNull(parameterName);
        return parameterName.StartsWith(LoraTensor.Prefix, StringComparison.Ordinal)
            ? ModelPart.Adapter
            : _base.PartOf(parameterName);
    }

    /// <inheritdoc/>
    public Tensor? EncodeImages(IReadOnlyList<EncodedPrompt> prompts)
    {
        using AdapterHost.Switch on = SwitchOn();
        return _base.EncodeImages(prompts);
    }

    /// <inheritdoc/>
    /// <remarks>This includes policies over the same base whose adapters, if any, leave tower and merger unchanged.</remarks>
    public bool SharesVisionWith(IVisionLanguagePolicy other)
    {
        ArgumentNullException.ThrowIfNull(other);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return !ChangesVision && (ReferenceEquals(other, _base)
            || (other is LoraPolicy { ChangesVision: false } lora && ReferenceEquals(lora._base, _base)));
    }

    /// <inheritdoc/>
    /// <remarks>The base caches the features; an adapter that changes tower or merger disables caching.</remarks>
    public IDisposable? CacheImageFeatures(long maxBytes)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return ChangesVision ? null : _base.CacheImageFeatures(maxBytes);
    }

    /// <inheritdoc/>
    public IKeyValueCache CreateCache(int promptSlots, int rowSlots, int promptCapacity, int completionCapacity)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _base.CreateCache(promptSlots, rowSlots, promptCapacity, completionCapacity);
    }

    /// <inheritdoc/>
    public Tensor Prefill(
        IReadOnlyList<EncodedPrompt> prompts, IReadOnlyList<int> slots, IKeyValueCache cache,
        Tensor? imageFeatures = null)
    {
        using AdapterHost.Switch on = SwitchOn();
        return _base.Prefill(prompts, slots, cache, imageFeatures);
    }

    /// <inheritdoc/>
    public Tensor Decode(Tensor tokens, IReadOnlyList<DecodeRow> rows, IKeyValueCache cache)
    {
        using AdapterHost.Switch on = SwitchOn();
        return _base.Decode(tokens, rows, cache);
    }

    /// <inheritdoc/>
    public IDisposable? BeginDecoding(int rows)
    {
        using AdapterHost.Switch on = SwitchOn();
        return _base.BeginDecoding(rows);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The adapter is merged and gradients are enabled.</exception>
    public TokenStatistics TokenLogProbabilities(
        IReadOnlyList<PackedGroup> groups, TokenStatisticsOptions options, Tensor? imageFeatures = null)
    {
        using AdapterHost.Switch on = SwitchOnToTrain();
        return _base.TokenLogProbabilities(groups, options, imageFeatures);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The adapter is merged and gradients are enabled.</exception>
    public TokenStatistics SequenceLogProbabilities(IReadOnlyList<EncodedPrompt> sequences)
    {
        using AdapterHost.Switch on = SwitchOnToTrain();
        return _base.SequenceLogProbabilities(sequences);
    }

    /// <inheritdoc/>
    public void BeginStep(long step)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _adapter?.Dropout?.BeginStep(step);
    }

    /// <summary>Creates a policy with a frozen copy of the adapter over the same base.</summary>
    public IVisionLanguagePolicy CloneFrozen()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return new LoraPolicy(_base, IsEnabled ? _adapter?.Copy(isTrainable: false) : null);
    }

    /// <summary>Returns <see cref="Reference"/>.</summary>
    public IVisionLanguagePolicy CreateReference()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return Reference;
    }

    /// <summary>
    /// Merges the adapter into copies of the weights, so that sampling costs no more than without an adapter. The merged weights
    /// are kept in addition to the base's, which stay unchanged, so that the adapted layers take twice the memory.
    /// </summary>
    public void Merge()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (!IsMerged)
            _adapter?.Merge();
    }

    /// <summary>Undoes the merge by dropping the merged weights; results are again bit for bit as before the merge.</summary>
    public void Unmerge() => _adapter?.Unmerge();

    /// <summary>
    /// Disposes the adapter. After the last adapter, the parameters of the base that were trainable before the first adapter become
    /// trainable again.
    /// </summary>
    public void Dispose()
    {
        if (_isDisposed || _adapter is null)
            return;
        _isDisposed = true;
        _adapter.Dispose();
        _base.Adapters.Unfreeze();
    }

    private bool ChangesVision => _adapter?.Layers.Exists(
        layer => _base.PartOf($"{layer.Module.PublishedName}.weight") is ModelPart.Vision or ModelPart.Merger) == true;

    private AdapterHost.Switch SwitchOn()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _base.Adapters.Use(new AdapterState(IsEnabled ? _adapter : null, null));
    }

    private AdapterHost.Switch SwitchOnToTrain()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (!is_grad_enabled())
            return SwitchOn();
        if (IsMerged)
        {
            throw new InvalidOperationException(
                "The adapter is merged, so no gradient would reach it; call Unmerge before training, or compute under "
                + "no_grad.");
        }

        return _base.Adapters.Use(new AdapterState(IsEnabled ? _adapter : null, _adapter?.Dropout?.NextPass()));
    }
}
