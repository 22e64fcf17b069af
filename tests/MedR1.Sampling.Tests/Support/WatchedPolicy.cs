using MedR1.Modeling;

using TorchSharp;
using TorchSharp.Modules;

using static TorchSharp.torch;

namespace MedR1.Sampling.Tests;

/// <summary>Wraps a policy, counts the calls to it, and may corrupt its logits.</summary>
internal sealed class WatchedPolicy(IVisionLanguagePolicy inner) : IVisionLanguagePolicy
{
    public int Prefills { get; private set; }

    public int EncodedImages { get; private set; }

    public List<(int Prompts, int Rows, int PromptCapacity, int CompletionCapacity, long Bytes)> Caches { get; } = [];

    public List<int> RowsOfDecodes { get; } = [];

    public int Decodes { get; private set; }

    public List<int> RowsToPrepareFor { get; } = [];

    public Func<int, Tensor, Tensor>? Spoil { get; set; }

    public Func<Tensor, Tensor>? SpoilFeatures { get; set; }

    public Action<int>? BeforeDecode { get; set; }

    public int? SpoiltVocabularySize { get; set; }

    public IKeyValueCache? NewestCache { get; private set; }

    public nn.Module Network => inner.Network;

    public IVisionLanguageProcessor Processor => inner.Processor;

    public Device Device => inner.Device;

    public ScalarType DataType => inner.DataType;

    public int VocabularySize => SpoiltVocabularySize ?? inner.VocabularySize;

    public int ContextLength => inner.ContextLength;

    public IReadOnlyList<int> EndTokenIds => inner.EndTokenIds;

    public IReadOnlyList<int> SuppressedTokenIds => inner.SuppressedTokenIds;

    public IReadOnlyList<KeyValuePair<string, Parameter>> Parameters => inner.Parameters;

    public Tensor? EncodeImages(IReadOnlyList<EncodedPrompt> prompts)
    {
        EncodedImages += prompts.Sum(prompt => prompt.Images.Count);
        Tensor? features = inner.EncodeImages(prompts);
        return features is null || SpoilFeatures is null ? features : SpoilFeatures(features);
    }

    public IKeyValueCache CreateCache(int promptSlots, int rowSlots, int promptCapacity, int completionCapacity)
    {
        IKeyValueCache cache = inner.CreateCache(promptSlots, rowSlots, promptCapacity, completionCapacity);
        NewestCache = cache;
        Caches.Add((promptSlots, rowSlots, promptCapacity, completionCapacity, cache.ByteSize));
        return cache;
    }

    public Tensor Prefill(
        IReadOnlyList<EncodedPrompt> prompts, IReadOnlyList<int> slots, IKeyValueCache cache,
        Tensor? imageFeatures = null)
    {
        Prefills += prompts.Count;
        return inner.Prefill(prompts, slots, cache, imageFeatures);
    }

    public Tensor Decode(Tensor tokens, IReadOnlyList<DecodeRow> rows, IKeyValueCache cache)
    {
        Decodes++;
        RowsOfDecodes.Add(rows.Count);
        BeforeDecode?.Invoke(Decodes);
        Tensor logits = inner.Decode(tokens, rows, cache);
        return Spoil?.Invoke(Decodes, logits) ?? logits;
    }

    public IDisposable? BeginDecoding(int rows)
    {
        RowsToPrepareFor.Add(rows);
        return inner.BeginDecoding(rows);
    }

    public TokenStatistics TokenLogProbabilities(
        IReadOnlyList<PackedGroup> groups, TokenStatisticsOptions options, Tensor? imageFeatures = null) =>
        inner.TokenLogProbabilities(groups, options, imageFeatures);

    public TokenStatistics SequenceLogProbabilities(IReadOnlyList<EncodedPrompt> sequences) =>
        inner.SequenceLogProbabilities(sequences);

    public IVisionLanguagePolicy CloneFrozen() => inner.CloneFrozen();

    public void Save(string folder, CancellationToken cancellationToken = default) =>
        inner.Save(folder, cancellationToken);

    public void Dispose() => inner.Dispose();
}
