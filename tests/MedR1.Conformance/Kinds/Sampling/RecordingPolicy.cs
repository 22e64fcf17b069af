using MedR1.Modeling;
using MedR1.Sampling;

using TorchSharp;
using TorchSharp.Modules;

using static TorchSharp.torch;

namespace MedR1.Conformance;

/// <summary>
/// A policy with encoded prompts and without suppressed tokens that records what the sampler gets in its first
/// steps: with it the cases of <c>generate</c> run through the ordinary sampler.
/// </summary>
internal sealed class RecordingPolicy : IVisionLanguagePolicy, IVisionLanguageProcessor, ILogitsProcessor
{
    private readonly IVisionLanguagePolicy _inner;
    private readonly Dictionary<VqaPrompt, EncodedPrompt> _encoded = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<int, int> _rowInSlot = [];
    private readonly List<int> _rowsOfStep = [];

    public RecordingPolicy(IVisionLanguagePolicy inner, IReadOnlyList<EncodedPrompt> prompts)
    {
        _inner = inner;
        Prompts = [.. prompts.Select((_, row) => VqaPrompt.Ask($"row {row}"))];
        Logits = [.. prompts.Select(_ => new List<double[]>())];
        Scores = [.. prompts.Select(_ => new List<double[]>())];
        for (int row = 0; row < prompts.Count; row++)
        {
            _encoded[Prompts[row]] = prompts[row];
        }
    }

    /// <summary>Prompts that represent the rows of the case.</summary>
    public IReadOnlyList<VqaPrompt> Prompts { get; }

    /// <summary>Raw logits of each row, step by step.</summary>
    public List<double[]>[] Logits { get; }

    /// <summary>Logits of each row after the processors, step by step.</summary>
    public List<double[]>[] Scores { get; }

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

    public IKeyValueCache CreateCache(int promptSlots, int rowSlots, int promptCapacity, int completionCapacity) =>
        _inner.CreateCache(promptSlots, rowSlots, promptCapacity, completionCapacity);

    public Tensor Prefill(
        IReadOnlyList<EncodedPrompt> prompts, IReadOnlyList<int> slots, IKeyValueCache cache,
        Tensor? imageFeatures = null)
    {
        int[] rows = [.. prompts.Select(prompt => Array.FindIndex([.. Prompts], row => ReferenceEquals(_encoded[row], prompt)))];
        for (int prompt = 0; prompt < rows.Length; prompt++)
        {
            _rowInSlot[slots[prompt]] = rows[prompt];
        }

        return Record(rows, _inner.Prefill(prompts, slots, cache, imageFeatures));
    }

    // Continuing rows come first in a step, then those that begin.
    public Tensor Decode(Tensor tokens, IReadOnlyList<DecodeRow> rows, IKeyValueCache cache)
    {
        int[] going = [.. rows.Select(row => _rowInSlot[row.PromptSlot])];
        int[] beginning = [.. _rowsOfStep];
        _rowsOfStep.Clear();
        Tensor logits = Record(going, _inner.Decode(tokens, rows, cache));
        _rowsOfStep.AddRange(beginning);
        return logits;
    }

    public Tensor Process(Tensor logits, LogitsContext context)
    {
        Keep(Scores, _rowsOfStep, logits);
        _rowsOfStep.Clear();
        return logits;
    }

    public TokenStatistics TokenLogProbabilities(
        IReadOnlyList<PackedGroup> groups, TokenStatisticsOptions options, Tensor? imageFeatures = null) =>
        _inner.TokenLogProbabilities(groups, options, imageFeatures);

    public TokenStatistics SequenceLogProbabilities(IReadOnlyList<EncodedPrompt> sequences) =>
        _inner.SequenceLogProbabilities(sequences);

    public IVisionLanguagePolicy CloneFrozen() => _inner.CloneFrozen();

    public void Save(string folder, CancellationToken cancellationToken = default) =>
        _inner.Save(folder, cancellationToken);

    public void Dispose() => _inner.Dispose();

    private Tensor Record(int[] rows, Tensor logits)
    {
        Keep(Logits, rows, logits);
        _rowsOfStep.AddRange(rows);
        return logits;
    }

    private static void Keep(List<double[]>[] target, IReadOnlyList<int> rows, Tensor logits)
    {
        double[] values = logits.ToDoubles();
        int width = values.Length / rows.Count;
        for (int place = 0; place < rows.Count; place++)
        {
            target[rows[place]].Add(values.AsSpan(place * width, width).ToArray());
        }
    }
}
