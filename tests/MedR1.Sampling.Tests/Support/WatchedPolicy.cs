using MedR1.Modeling;

using TorchSharp;
using TorchSharp.Modules;

using static TorchSharp.torch;

namespace MedR1.Sampling.Tests;

/// <summary>A policy that counts the calls of another one, and may spoil its logits.</summary>
internal sealed class WatchedPolicy(IVisionLanguagePolicy inner) : IVisionLanguagePolicy
{
    public List<int> Prefills { get; } = [];

    public List<int> DistinctImages { get; } = [];

    public List<long> CacheBytes { get; } = [];

    public int Decodes { get; private set; }

    public Func<int, Tensor, Tensor>? Spoil { get; set; }

    public Action<int>? BeforeDecode { get; set; }

    public nn.Module Network => inner.Network;

    public IVisionLanguageProcessor Processor => inner.Processor;

    public Device Device => inner.Device;

    public ScalarType DataType => inner.DataType;

    public int VocabularySize => inner.VocabularySize;

    public int ContextLength => inner.ContextLength;

    public IReadOnlyList<int> EndTokenIds => inner.EndTokenIds;

    public IReadOnlyList<int> SuppressedTokenIds => inner.SuppressedTokenIds;

    public IReadOnlyList<KeyValuePair<string, Parameter>> Parameters => inner.Parameters;

    public Tensor? EncodeImages(IReadOnlyList<EncodedPrompt> prompts) => inner.EncodeImages(prompts);

    public IKeyValueCache CreateCache(int groups, int samplesPerGroup, int promptCapacity, int completionCapacity)
    {
        IKeyValueCache cache = inner.CreateCache(groups, samplesPerGroup, promptCapacity, completionCapacity);
        CacheBytes.Add(cache.ByteSize);
        return cache;
    }

    public Tensor Prefill(IReadOnlyList<EncodedPrompt> prompts, IKeyValueCache cache)
    {
        Prefills.Add(prompts.Count);
        DistinctImages.Add(
            prompts.SelectMany(prompt => prompt.Images).Distinct(ReferenceEqualityComparer.Instance).Count());
        return inner.Prefill(prompts, cache);
    }

    public Tensor Decode(Tensor tokens, IKeyValueCache cache)
    {
        Decodes++;
        BeforeDecode?.Invoke(Decodes);
        Tensor logits = inner.Decode(tokens, cache);
        return Spoil?.Invoke(Decodes, logits) ?? logits;
    }

    public TokenStatistics TokenLogProbabilities(IReadOnlyList<PackedGroup> groups, TokenStatisticsOptions options) =>
        inner.TokenLogProbabilities(groups, options);

    public Tensor SequenceLogProbabilities(IReadOnlyList<EncodedPrompt> sequences) =>
        inner.SequenceLogProbabilities(sequences);

    public IVisionLanguagePolicy CloneFrozen() => inner.CloneFrozen();

    public void Save(string folder, CancellationToken cancellationToken = default) =>
        inner.Save(folder, cancellationToken);

    public void Dispose() => inner.Dispose();
}
