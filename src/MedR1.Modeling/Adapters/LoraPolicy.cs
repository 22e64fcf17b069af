using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// A policy with a LoRA adapter on it. The base's parameters are frozen while this lives; gradients reach the adapter
/// alone. The base itself stays what it was, so that it, or <see cref="Reference"/>, is the policy with the adapter off.
/// It is used by one thread at a time, together with its base, which stays with the caller and is disposed after this.
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
    /// The policy with the adapter off, for use as the reference: it takes no memory, and disposing it does nothing.
    /// </summary>
    public IVisionLanguagePolicy Reference => new LoraPolicy(_base, null);

    /// <summary>The adapter's options.</summary>
    public LoraOptions Options => _adapter?.Options ?? new LoraOptions();

    /// <summary>The adapter's parameters by the names in its file.</summary>
    public IReadOnlyList<KeyValuePair<string, Parameter>> AdapterParameters => _adapter?.Parameters ?? [];

    /// <summary>Whether the adapter is on; while it is off, this computes what its base does.</summary>
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

    /// <summary>The base's parameters, then the adapter's by PEFT's names.</summary>
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
    /// <remarks>So it is of policies over one base whose adapters, if they have one, leave tower and merger alone.</remarks>
    public bool SharesVisionWith(IVisionLanguagePolicy other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return !ChangesVision && (ReferenceEquals(other, _base)
            || (other is LoraPolicy { ChangesVision: false } lora && ReferenceEquals(lora._base, _base)));
    }

    /// <inheritdoc/>
    /// <remarks>The base keeps them; an adapter that changes tower or merger has none to keep.</remarks>
    public IDisposable? KeepImageFeatures(long mostBytes)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return ChangesVision ? null : _base.KeepImageFeatures(mostBytes);
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
    /// <exception cref="InvalidOperationException">The adapter is merged and a gradient is wanted.</exception>
    public TokenStatistics TokenLogProbabilities(
        IReadOnlyList<PackedGroup> groups, TokenStatisticsOptions options, Tensor? imageFeatures = null)
    {
        using AdapterHost.Switch on = SwitchOnToTrain();
        return _base.TokenLogProbabilities(groups, options, imageFeatures);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The adapter is merged and a gradient is wanted.</exception>
    public TokenStatistics SequenceLogProbabilities(IReadOnlyList<EncodedPrompt> sequences)
    {
        using AdapterHost.Switch on = SwitchOnToTrain();
        return _base.SequenceLogProbabilities(sequences);
    }

    /// <inheritdoc/>
    public void BeginStep(long step) => _adapter?.Dropout?.BeginStep(step);

    /// <summary>A copy of the adapter as it is, over the same base; it takes no gradient.</summary>
    public IVisionLanguagePolicy CloneFrozen()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return new LoraPolicy(_base, IsEnabled ? _adapter?.Copy(isTrainable: false) : null);
    }

    /// <summary>The policy with the adapter off.</summary>
    public IVisionLanguagePolicy CreateReference() => Reference;

    /// <summary>
    /// Puts the adapter into the weights, so that sampling costs what it costs without one. The changed weights are kept
    /// as a whole beside the base's, which takes their memory once more; the base stays untouched.
    /// </summary>
    public void Merge()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (!IsMerged)
            _adapter?.Merge();
    }

    /// <summary>Takes the adapter out again: the merged weights are dropped, and everything is bit for bit as before.</summary>
    public void Unmerge() => _adapter?.Unmerge();

    /// <summary>
    /// Disposes the adapter; with the last one on it the base's parameters take gradients again that took some before the
    /// first.
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
        layer => _base.PartOf(layer.Module.PublishedName) is ModelPart.Vision or ModelPart.Merger) == true;

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
