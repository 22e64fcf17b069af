using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Keys and values in preallocated memory: of prompts <c>[groups, heads, prompt, d]</c> and of completions
/// <c>[groups, heads, samples, completion, d]</c> for each layer, so that both are batches of matrices as they lie.
/// Keys are stored after their rotation.
/// </summary>
public sealed class GroupKeyValueCache : IKeyValueCache
{
    private readonly Tensor[] _promptKeys;
    private readonly Tensor[] _promptValues;
    private readonly Tensor[] _completionKeys;
    private readonly Tensor[] _completionValues;
    private readonly ScalarType _dataType;
    private readonly Device _device;
    private int _promptLength;
    private Tensor? _promptMask;

    /// <summary>Allocates a cache.</summary>
    /// <param name="layers">Layers of the decoder.</param>
    /// <param name="keyValueHeads">Key-value heads.</param>
    /// <param name="headSize">Width of a head.</param>
    /// <param name="groups">Prompts.</param>
    /// <param name="samplesPerGroup">Completions behind each.</param>
    /// <param name="promptCapacity">Tokens of the longest prompt.</param>
    /// <param name="completionCapacity">Tokens of the longest completion.</param>
    /// <param name="device">Where it lives.</param>
    /// <param name="dataType">Its type.</param>
    public GroupKeyValueCache(
        int layers, int keyValueHeads, int headSize, int groups, int samplesPerGroup, int promptCapacity,
        int completionCapacity,
        Device device, ScalarType dataType)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(samplesPerGroup, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(promptCapacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(completionCapacity, 1);
        Groups = groups;
        SamplesPerGroup = samplesPerGroup;
        PromptCapacity = promptCapacity;
        CompletionCapacity = completionCapacity;
        _dataType = dataType;
        _device = device;
        Tensor[] Allocate(params long[] shape) =>
            [.. Enumerable.Range(0, layers)
                .Select(_ => empty(shape, dtype: dataType, device: device).DetachFromDisposeScope())];
        _promptKeys = Allocate(groups, keyValueHeads, promptCapacity, headSize);
        _promptValues = Allocate(groups, keyValueHeads, promptCapacity, headSize);
        _completionKeys = Allocate(groups, keyValueHeads, samplesPerGroup, completionCapacity, headSize);
        _completionValues = Allocate(groups, keyValueHeads, samplesPerGroup, completionCapacity, headSize);
        long elements =
            (long)groups * keyValueHeads * headSize * (promptCapacity + (long)samplesPerGroup * completionCapacity);
        ByteSize = 2 * layers * elements * dataType.ElementSize();
    }

    /// <inheritdoc/>
    public int Groups { get; }

    /// <inheritdoc/>
    public int SamplesPerGroup { get; }

    /// <inheritdoc/>
    public int Rows => Groups * SamplesPerGroup;

    /// <inheritdoc/>
    public int PromptCapacity { get; }

    /// <inheritdoc/>
    public int CompletionCapacity { get; }

    /// <inheritdoc/>
    public int CompletionLength { get; private set; }

    /// <inheritdoc/>
    public long ByteSize { get; }

    /// <summary>Position of the first token behind each prompt; empty before the first prompts are in.</summary>
    public IReadOnlyList<int> NextPositions { get; private set; } = [];

    /// <summary>
    /// <c>[groups, 1, 1, prompt + own]</c>: −∞ at the padding of shorter prompts; null if all have the same length.
    /// </summary>
    public Tensor? PromptBias =>
        _promptMask?.narrow(-1, PromptCapacity - _promptLength, _promptLength + CompletionLength + 1);

    /// <summary>Forgets what it holds and takes the layout of new prompts.</summary>
    /// <param name="lengths">Tokens of each prompt.</param>
    /// <param name="nextPositions">Position of the first token behind each prompt.</param>
    /// <exception cref="InvalidPromptException">A prompt is longer than the cache.</exception>
    public void Begin(IReadOnlyList<int> lengths, IReadOnlyList<int> nextPositions)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        if (lengths.Count != Groups)
        {
            throw new ArgumentException($"The cache holds {Groups} prompts, but {lengths.Count} were given.",
                nameof(lengths));
        }

        int longest = lengths.Max();
        if (longest > PromptCapacity)
        {
            throw new InvalidPromptException(
                $"A prompt has {longest} tokens, but the cache was made for prompts of up to {PromptCapacity}; " +
                "create it with a larger prompt capacity.");
        }

        CompletionLength = 0;
        _promptLength = longest;
        NextPositions = [.. nextPositions];
        _promptMask?.Dispose();
        _promptMask = lengths.All(length => length == longest) ? null : MakeMask(lengths, longest);
    }

    /// <summary>Takes the prompts' keys and values of a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="keys"><c>[groups · length, heads, d]</c></param>
    /// <param name="values"><c>[groups · length, heads, d]</c></param>
    /// <param name="length">Tokens of each prompt, padding included.</param>
    public void WritePrompts(int layer, Tensor keys, Tensor values, int length)
    {
        Write(_promptKeys[layer], keys);
        Write(_promptValues[layer], values);

        void Write(Tensor target, Tensor source)
        {
            using DisposeScope scope = NewDisposeScope();
            target.narrow(2, 0, length)
                .copy_(source.view(Groups, length, source.shape[1], source.shape[2]).transpose(1, 2));
        }
    }

    /// <summary>Takes one token's keys and values of each row behind those that it holds.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="keys"><c>[rows, heads, d]</c></param>
    /// <param name="values"><c>[rows, heads, d]</c></param>
    public void WriteCompletionTokens(int layer, Tensor keys, Tensor values)
    {
        Write(_completionKeys[layer], keys);
        Write(_completionValues[layer], values);

        void Write(Tensor target, Tensor source)
        {
            using DisposeScope scope = NewDisposeScope();
            target.select(3, CompletionLength)
                .copy_(source.view(Groups, SamplesPerGroup, source.shape[1], source.shape[2]).transpose(1, 2));
        }
    }

    /// <summary>Keys and values of the prompts, <c>[groups, heads, prompt, d]</c>; views.</summary>
    /// <param name="layer">The layer.</param>
    public (Tensor Keys, Tensor Values) Prompts(int layer) =>
        (_promptKeys[layer].narrow(2, 0, _promptLength), _promptValues[layer].narrow(2, 0, _promptLength));

    /// <summary>Keys and values of the completions, <c>[groups, heads, samples, length, d]</c>; views.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="length">Tokens.</param>
    public (Tensor Keys, Tensor Values) Completions(int layer, int length) =>
        (_completionKeys[layer].narrow(3, 0, length), _completionValues[layer].narrow(3, 0, length));

    /// <summary>Counts the token that all layers have written.</summary>
    public void Advance() => CompletionLength++;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor part in _promptKeys.Concat(_promptValues).Concat(_completionKeys).Concat(_completionValues))
        {
            part.Dispose();
        }

        _promptMask?.Dispose();
        _promptMask = null;
    }

    // One mask for all steps: the prompts' part ends at PromptCapacity, so that each step takes a longer piece of the
    // same rows.
    private Tensor MakeMask(IReadOnlyList<int> lengths, int longest)
    {
        int width = PromptCapacity + CompletionCapacity;
        float[] values = new float[Groups * width];
        for (int group = 0; group < Groups; group++)
        {
            int first = group * width + PromptCapacity - longest;
            values.AsSpan(first + lengths[group], longest - lengths[group]).Fill(float.NegativeInfinity);
        }

        using Tensor host = tensor(values, [Groups, 1, 1, width]);
        return host.to(_dataType, _device, copy: true).DetachFromDisposeScope();
    }
}
