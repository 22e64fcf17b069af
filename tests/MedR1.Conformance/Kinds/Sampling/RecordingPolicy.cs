using MedR1.Modeling;
using MedR1.Sampling;

using TorchSharp;
using TorchSharp.Modules;

using static TorchSharp.torch;

namespace MedR1.Conformance;

/// <summary>
/// A policy whose prompts are encoded already, that suppresses nothing of its own, and that keeps what the sampler sees
/// of its first steps: with it the cases of <c>generate</c> run through the sampler that everybody uses.
/// </summary>
internal sealed class RecordingPolicy : IVisionLanguagePolicy, IVisionLanguageProcessor, ILogitsProcessor
{
    private readonly IVisionLanguagePolicy _inner;
    private readonly Dictionary<VqaPrompt, EncodedPrompt> _encoded = new(ReferenceEqualityComparer.Instance);

    public RecordingPolicy(IVisionLanguagePolicy inner, IReadOnlyList<EncodedPrompt> prompts)
    {
        _inner = inner;
        Prompts = [.. prompts.Select((_, row) => VqaPrompt.Ask($"row {row}"))];
        for (int row = 0; row < prompts.Count; row++)
        {
            _encoded[Prompts[row]] = prompts[row];
        }
    }

    /// <summary>What stands for the rows of the case.</summary>
    public IReadOnlyList<VqaPrompt> Prompts { get; }

    /// <summary>Raw logits <c>[rows, V]</c> of each step.</summary>
    public List<double[]> Logits { get; } = [];

    /// <summary>Logits of each step behind the processors.</summary>
    public List<double[]> Scores { get; } = [];

    public nn.Module Network => _inner.Network;

    public IVisionLanguageProcessor Processor => this;

    public ITextTokenizer Tokenizer => _inner.Processor.Tokenizer;

    public Device Device => _inner.Device;

    public ScalarType DataType => _inner.DataType;

    public int VocabularySize => _inner.VocabularySize;

    public int ContextLength => _inner.ContextLength;

    public IReadOnlyList<int> EndTokenIds => _inner.EndTokenIds;

    public IReadOnlyList<int> SuppressedTokenIds => [];

    public IReadOnlyList<KeyValuePair<string, Parameter>> Parameters => _inner.Parameters;

    public EncodedPrompt Encode(VqaPrompt prompt, CancellationToken cancellationToken = default) => _encoded[prompt];

    public IReadOnlyList<int> EncodeCompletion(string text) => _inner.Processor.EncodeCompletion(text);

    public Tensor? EncodeImages(IReadOnlyList<EncodedPrompt> prompts) => _inner.EncodeImages(prompts);

    public IKeyValueCache CreateCache(int groups, int samplesPerGroup, int promptCapacity, int completionCapacity) =>
        _inner.CreateCache(groups, samplesPerGroup, promptCapacity, completionCapacity);

    public Tensor Prefill(IReadOnlyList<EncodedPrompt> prompts, IKeyValueCache cache) =>
        Record(_inner.Prefill(prompts, cache));

    public Tensor Decode(Tensor tokens, IKeyValueCache cache) => Record(_inner.Decode(tokens, cache));

    public Tensor Process(Tensor logits, LogitsContext context)
    {
        Scores.Add(logits.ToDoubles());
        return logits;
    }

    public TokenStatistics TokenLogProbabilities(IReadOnlyList<PackedGroup> groups, TokenStatisticsOptions options) =>
        _inner.TokenLogProbabilities(groups, options);

    public Tensor SequenceLogProbabilities(IReadOnlyList<EncodedPrompt> sequences) =>
        _inner.SequenceLogProbabilities(sequences);

    public IVisionLanguagePolicy CloneFrozen() => _inner.CloneFrozen();

    public void Save(string folder, CancellationToken cancellationToken = default) =>
        _inner.Save(folder, cancellationToken);

    public void Dispose() => _inner.Dispose();

    private Tensor Record(Tensor logits)
    {
        Logits.Add(logits.ToDoubles());
        return logits;
    }
}
