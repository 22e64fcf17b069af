using MedR1.Modeling;
using MedR1.TestSupport;
using static TorchSharp.torch;

namespace MedR1.Benchmarks.Steps;

/// <summary>Times a trainer's calls to a policy, or to the reference derived from it. Images are timed separately.</summary>
internal sealed class TimedPolicy(IVisionLanguagePolicy inner, StepClock clock, bool isReference = false)
    : DelegatingPolicy(inner)
{
    private readonly IVisionLanguagePolicy _inner = inner;

    public override Tensor? EncodeImages(IReadOnlyList<EncodedPrompt> prompts) =>
        clock.Measure(StepPart.Vision, () => base.EncodeImages(prompts));

    public override bool SharesVisionWith(IVisionLanguagePolicy other) =>
        base.SharesVisionWith(other is TimedPolicy timed ? timed._inner : other);

    public override IDisposable? BeginDecoding(int rows) => clock.Measure(StepPart.Packing, () => base.BeginDecoding(rows));

    public override Tensor Prefill(
        IReadOnlyList<EncodedPrompt> prompts, IReadOnlyList<int> slots, IKeyValueCache cache,
        Tensor? imageFeatures = null)
    {
        Tensor? features = imageFeatures ?? EncodeImages(prompts);
        return clock.Measure(StepPart.Prefill, () => base.Prefill(prompts, slots, cache, features));
    }

    public override Tensor Decode(Tensor tokens, IReadOnlyList<DecodeRow> rows, IKeyValueCache cache) =>
        clock.Measure(StepPart.Decode, () => base.Decode(tokens, rows, cache));

    public override TokenStatistics TokenLogProbabilities(
        IReadOnlyList<PackedGroup> groups, TokenStatisticsOptions options, Tensor? imageFeatures = null)
    {
        Tensor? features = imageFeatures ?? EncodeImages([.. groups.Select(group => group.Prompt)]);
        return clock.Measure(
            isReference ? StepPart.Reference : StepPart.Forward,
            () => base.TokenLogProbabilities(groups, options, features));
    }

    public override IVisionLanguagePolicy CreateReference() =>
        new TimedPolicy(base.CreateReference(), clock, isReference: true);

    public override void Dispose()
    {
        if (isReference)
        {
            _inner.Dispose();
        }
    }
}
