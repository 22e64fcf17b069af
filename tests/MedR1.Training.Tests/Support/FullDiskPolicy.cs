using MedR1.Modeling;
using MedR1.Testing;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Training.Tests;

/// <summary>A policy whose disk is full at a certain save: it writes a part and fails as the system does.</summary>
internal sealed class FullDiskPolicy(TinyPolicy policy, int failAt) : IVisionLanguagePolicy
{
    private int _saves;

    public nn.Module Network => policy.Network;

    public IVisionLanguageProcessor Processor => policy.Processor;

    public Device Device => policy.Device;

    public ScalarType DataType => policy.DataType;

    public int VocabularySize => policy.VocabularySize;

    public int ContextLength => policy.ContextLength;

    public IReadOnlyList<int> EndTokenIds => policy.EndTokenIds;

    public IReadOnlyList<int> SuppressedTokenIds => policy.SuppressedTokenIds;

    public IReadOnlyList<KeyValuePair<string, Parameter>> Parameters => policy.Parameters;

    public Tensor? EncodeImages(IReadOnlyList<EncodedPrompt> prompts) => policy.EncodeImages(prompts);

    public IKeyValueCache CreateCache(int promptSlots, int rowSlots, int promptCapacity, int completionCapacity) =>
        policy.CreateCache(promptSlots, rowSlots, promptCapacity, completionCapacity);

    public Tensor Prefill(
        IReadOnlyList<EncodedPrompt> prompts, IReadOnlyList<int> slots, IKeyValueCache cache,
        Tensor? imageFeatures = null) => policy.Prefill(prompts, slots, cache, imageFeatures);

    public Tensor Decode(Tensor tokens, IReadOnlyList<DecodeRow> rows, IKeyValueCache cache) =>
        policy.Decode(tokens, rows, cache);

    public TokenStatistics TokenLogProbabilities(IReadOnlyList<PackedGroup> groups, TokenStatisticsOptions options) =>
        policy.TokenLogProbabilities(groups, options);

    public Tensor SequenceLogProbabilities(IReadOnlyList<EncodedPrompt> sequences) =>
        policy.SequenceLogProbabilities(sequences);

    public IVisionLanguagePolicy CloneFrozen() => policy.CloneFrozen();

    public void Save(string folder, CancellationToken cancellationToken = default)
    {
        if (++_saves < failAt)
        {
            policy.Save(folder, cancellationToken);
            return;
        }

        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "model.safetensors"), "half");
        throw new IOException("No space left on device");
    }

    public void Dispose()
    {
    }
}
