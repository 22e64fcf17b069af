using MedR1.Modeling;

using TorchSharp;
using TorchSharp.Modules;

using static TorchSharp.torch;

namespace MedR1.Testing;

/// <summary>
/// A real, differentiable, very small vision-language model with random weights: a decoder over bytes that sees an image as one token. With
/// it, samplers, trainers and rewards can be tested without a checkpoint. B rows, P prompt tokens, T completion tokens, H width, V
/// vocabulary.
/// </summary>
/// <remarks>Not thread-safe; its creator disposes it.</remarks>
public sealed class TinyPolicy : IHiddenStatePolicy
{
    private readonly TinyPolicyOptions _options;
    private readonly TinyNetwork _network;
    private bool _isDisposed;

    /// <summary>Creates a model with random weights.</summary>
    /// <param name="options">Sizes and seed; <see langword="null"/> for the defaults.</param>
    /// <param name="device">The device of the model; <see langword="null"/> for the CPU.</param>
    /// <exception cref="ArgumentException">The sizes don't match each other.</exception>
    public TinyPolicy(TinyPolicyOptions? options = null, Device? device = null)
    {
        _options = options ?? new TinyPolicyOptions();
        _options.Validate();
        Device = device ?? CPU;
        _network = new TinyNetwork(_options, VocabularySize, Device);
        Parameters = [.. _network.named_parameters().Select(pair => KeyValuePair.Create(pair.name, pair.parameter))];
    }

    /// <inheritdoc/>
    public nn.Module Network => _network;

    /// <inheritdoc/>
    public IVisionLanguageProcessor Processor { get; } = new TinyProcessor();

    /// <inheritdoc/>
    public Device Device { get; }

    /// <inheritdoc/>
    public ScalarType DataType => ScalarType.Float32;

    /// <inheritdoc/>
    public int VocabularySize => Processor.Tokenizer.VocabularySize;

    /// <inheritdoc/>
    public int HiddenSize => _options.HiddenSize;

    /// <inheritdoc/>
    public int ContextLength => _options.ContextLength;

    /// <inheritdoc/>
    public IReadOnlyList<int> EndTokenIds { get; } = [ByteTokenizer.EndTokenId];

    /// <inheritdoc/>
    public IReadOnlyList<int> SuppressedTokenIds { get; } = [ByteTokenizer.ImageTokenId];

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, Parameter>> Parameters { get; }

    /// <summary>Loads a policy from a folder that <see cref="Save"/> wrote.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="device">The device of the model; <see langword="null"/> for the CPU.</param>
    /// <exception cref="InvalidDataException">The options file is empty.</exception>
    public static TinyPolicy Load(string folder, Device? device = null)
    {
        TinyPolicy policy = new(TinyPolicyFolder.ReadOptions(folder), device);
        try
        {
            TinyPolicyFolder.ReadWeights(folder, policy._network);
            return policy;
        }
        catch
        {
            policy.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Tensor? EncodeImages(IReadOnlyList<EncodedPrompt> prompts)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _network.EncodeImages([.. prompts.SelectMany(prompt => prompt.Images)]);
    }

    /// <inheritdoc/>
    public IKeyValueCache CreateCache(int promptSlots, int rowSlots, int promptCapacity, int completionCapacity) =>
        new TinyCache(_options, Device, promptSlots, rowSlots, promptCapacity, completionCapacity);

    /// <inheritdoc/>
    public Tensor Prefill(
        IReadOnlyList<EncodedPrompt> prompts, IReadOnlyList<int> slots, IKeyValueCache cache,
        Tensor? imageFeatures = null)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        TinyCache own = Own(cache);
        if (prompts.Count != slots.Count)
        {
            throw new ArgumentException(
                $"There are {prompts.Count} prompts, but {slots.Count} slots; give one per prompt.",
                nameof(slots));
        }

        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor?[] features = TinyFeatures.Of(prompts, imageFeatures, _network);
        List<Tensor> logits = [];
        for (int p = 0; p < prompts.Count; p++)
        {
            int slot = slots[p];
            int length = prompts[p].TokenIds.Count;
            Tensor hidden_BTH = _network.Run(EmbedPrompt(prompts[p], features[p]), (layer, key, value) =>
            {
                own.PromptKeys(layer)[slot].narrow(1, 0, length).copy_(key[0]);
                own.PromptValues(layer)[slot].narrow(1, 0, length).copy_(value[0]);
            });
            own.PromptLengths[slot] = length;
            logits.Add(_network.Head(hidden_BTH[0].narrow(0, length - 1, 1)));
        }

        return cat(logits, 0).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Decode(Tensor tokens, IReadOnlyList<DecodeRow> rows, IKeyValueCache cache)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        TinyCache own = Own(cache);
        if (rows.Any(row => row.Length >= own.CompletionCapacity))
        {
            throw new InvalidOperationException(
                $"The cache is full: it was created for completions of {own.CompletionCapacity} tokens.");
        }

        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        return cat([.. rows.Select((row, place) => DecodeOne(tokens.narrow(0, place, 1), row, own))], 0)
            .MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public TokenStatistics TokenLogProbabilities(
        IReadOnlyList<PackedGroup> groups, TokenStatisticsOptions options, Tensor? imageFeatures = null)
    {
        ArgumentNullException.ThrowIfNull(groups);
        ArgumentNullException.ThrowIfNull(options);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        using DisposeScope scope = NewDisposeScope();
        TokenRows completions = new([.. groups.SelectMany(group => group.Completions)], Device);
        Tensor logits_BTV = Completions(groups, completions.Longest, _network.Head, imageFeatures);
        return completions.Score(logits_BTV, options).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public PassOutput CompletionStates(IReadOnlyList<PackedGroup> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        int longest = groups.Max(group => group.Completions.Max(completion => completion.Count));
        return new PassOutput(Completions(groups, longest, TinyNetwork.Normalize));
    }

    /// <inheritdoc/>
    public TokenStatistics SequenceLogProbabilities(IReadOnlyList<EncodedPrompt> sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        using DisposeScope scope = NewDisposeScope();
        TokenRows targets = new([.. sequences.Select(sequence => sequence.TokenIds.Skip(1).ToArray())], Device);
        Tensor?[] features = TinyFeatures.Of(sequences, null, _network);
        Tensor hidden_BTH = cat([.. sequences.Zip(features, (sequence, own) => nn.functional.pad(
            EmbedPrompt(sequence, own), [0, 0, 0, targets.Longest + 1 - sequence.TokenIds.Count]))], 0);
        Tensor logits_BTV = _network.Head(_network.Run(hidden_BTH).narrow(1, 0, targets.Longest));
        return targets.Score(logits_BTV, new TokenStatisticsOptions()).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IVisionLanguagePolicy CloneFrozen()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        TinyPolicy clone = new(_options, Device);
        try
        {
            using IDisposable guard = no_grad();
            for (int i = 0; i < Parameters.Count; i++)
            {
                clone.Parameters[i].Value.copy_(Parameters[i].Value);
                clone.Parameters[i].Value.requires_grad = false;
            }

            return clone;
        }
        catch
        {
            clone.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Save(string folder, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        TinyPolicyFolder.Write(folder, _options, _network, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        _network.Dispose();
    }

    private static TinyCache Own(IKeyValueCache cache) => cache as TinyCache
        ?? throw new ArgumentException(
            $"The cache is a {cache?.GetType().Name ?? "null"}, but this policy needs its own kind; create it with CreateCache.", nameof(cache));

    // One row at a time: a row's result can't depend on the others.
    private Tensor DecodeOne(Tensor token, DecodeRow row, TinyCache cache)
    {
        using DisposeScope scope = NewDisposeScope();
        int length = cache.PromptLengths[row.PromptSlot];
        Tensor hidden_BTH = _network.Embed(token, tensor([(long)length + row.Length], device: Device));
        for (int layer = 0; layer < _network.Layers.Count; layer++)
        {
            (Tensor query, Tensor key, Tensor value) = _network.Layers[layer].Project(hidden_BTH);
            Tensor keys = Join(cache.PromptKeys(layer), cache.CompletionKeys(layer), key);
            Tensor values = Join(cache.PromptValues(layer), cache.CompletionValues(layer), value);
            Tensor attended = nn.functional.scaled_dot_product_attention(query, keys, values);
            hidden_BTH = _network.Layers[layer].Finish(hidden_BTH, attended);
        }

        return _network.Head(hidden_BTH.squeeze(1)).MoveToOuterDisposeScope();

        Tensor Join(Tensor prompts, Tensor completions, Tensor newest)
        {
            Tensor own = completions[row.RowSlot].narrow(1, 0, row.Length + 1);
            own.narrow(1, row.Length, 1).copy_(newest[0]);
            return cat([prompts[row.PromptSlot].narrow(1, 0, length), own], 1).unsqueeze(0);
        }
    }

    // [B, T, …]: the output of a head for the states that predict the completions' tokens.
    private Tensor Completions(
        IReadOnlyList<PackedGroup> groups, int longest, Func<Tensor, Tensor> head, Tensor? imageFeatures = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor?[] features = TinyFeatures.Of([.. groups.Select(group => group.Prompt)], imageFeatures, _network);
        List<Tensor> all = [];
        foreach ((PackedGroup group, Tensor? ofPrompt) in groups.Zip(features))
        {
            Tensor prompt_BPH = EmbedPrompt(group.Prompt, ofPrompt);
            int length = group.Prompt.TokenIds.Count;
            int own = group.Completions.Max(completion => completion.Count);
            Tensor completions_BTH = cat(
                [.. group.Completions.Select(completion => _network.Embed(TokenRows.Pad(completion, own), length, null))], 0);
            Tensor hidden_BTH = cat([prompt_BPH.expand(group.Completions.Count, -1, -1), completions_BTH], 1);
            Tensor own_BT = head(_network.Run(hidden_BTH).narrow(1, length - 1, own));
            all.Add(nn.functional.pad(own_BT, [0, 0, 0, longest - own]));
        }

        return cat(all, 0).MoveToOuterDisposeScope();
    }

    private Tensor EmbedPrompt(EncodedPrompt prompt, Tensor? features)
    {
        if (prompt.TokenIds.Count == 0 || prompt.TokenIds.Count > ContextLength)
        {
            throw new InvalidPromptException(
                $"The prompt has {prompt.TokenIds.Count} tokens, but the model takes 1 to {ContextLength}.");
        }

        return _network.Embed(prompt.TokenIds, 0, features);
    }
}
