using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.TestSupport;

/// <summary>Passes every call to another policy, so that tests and benchmarks can override some. It owns nothing.</summary>
internal class DelegatingPolicy(IVisionLanguagePolicy policy) : IVisionLanguagePolicy
{
    public nn.Module Network => policy.Network;

    public IVisionLanguageProcessor Processor => policy.Processor;

    public Device Device => policy.Device;

    public ScalarType DataType => policy.DataType;

    public int VocabularySize => policy.VocabularySize;

    public int ContextLength => policy.ContextLength;

    public IReadOnlyList<int> EndTokenIds => policy.EndTokenIds;

    public IReadOnlyList<int> SuppressedTokenIds => policy.SuppressedTokenIds;

    public IReadOnlyList<KeyValuePair<string, Parameter>> Parameters => policy.Parameters;

    public virtual long? DropoutSeed => policy.DropoutSeed;

    public virtual ModelPart PartOf(string parameterName) => policy.PartOf(parameterName);

    public virtual Tensor? EncodeImages(IReadOnlyList<EncodedPrompt> prompts) => policy.EncodeImages(prompts);

    public virtual bool SharesVisionWith(IVisionLanguagePolicy other) => policy.SharesVisionWith(other);

    public virtual IDisposable? CacheImageFeatures(long maxBytes) => policy.CacheImageFeatures(maxBytes);

    public virtual IKeyValueCache CreateCache(int promptSlots, int rowSlots, int promptCapacity, int completionCapacity) =>
        policy.CreateCache(promptSlots, rowSlots, promptCapacity, completionCapacity);

    public virtual Tensor Prefill(
        IReadOnlyList<EncodedPrompt> prompts, IReadOnlyList<int> slots, IKeyValueCache cache,
        Tensor? imageFeatures = null) => policy.Prefill(prompts, slots, cache, imageFeatures);

    public virtual Tensor Decode(Tensor tokens, IReadOnlyList<DecodeRow> rows, IKeyValueCache cache) =>
        policy.Decode(tokens, rows, cache);

    public virtual IDisposable? BeginDecoding(int rows) => policy.BeginDecoding(rows);

    public virtual TokenStatistics TokenLogProbabilities(
        IReadOnlyList<PackedGroup> groups, TokenStatisticsOptions options, Tensor? imageFeatures = null) =>
        policy.TokenLogProbabilities(groups, options, imageFeatures);

    public virtual TokenStatistics SequenceLogProbabilities(IReadOnlyList<EncodedPrompt> sequences) =>
        policy.SequenceLogProbabilities(sequences);

    public void BeginStep(long step) => policy.BeginStep(step);

    public virtual IVisionLanguagePolicy CloneFrozen() => policy.CloneFrozen();

    public virtual IVisionLanguagePolicy CreateReference() => policy.CreateReference();

    public virtual void Save(string folder, CancellationToken cancellationToken = default) =>
        policy.Save(folder, cancellationToken);

    public virtual void Dispose()
    {
    }
}
