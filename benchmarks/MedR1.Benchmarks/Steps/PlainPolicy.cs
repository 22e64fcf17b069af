using MedR1.Modeling;
using MedR1.TestSupport;
using static TorchSharp.torch;

namespace MedR1.Benchmarks.Steps;

/// <summary>The plain form of an update: each completion after a separate prompt with images, nothing shared.</summary>
internal sealed class PlainPolicy(IVisionLanguagePolicy inner) : DelegatingPolicy(inner)
{
    /// <summary>Copies a prompt so that it shares no images: they are compared by reference.</summary>
    public static EncodedPrompt OwnPrompt(EncodedPrompt prompt) =>
        prompt with { Images = [.. prompt.Images.Select(image => image with { })] };

    /// <summary>Pretends to use dropout, so that equal completions are computed separately too.</summary>
    public override long? DropoutSeed => 0;

    public override bool SharesVisionWith(IVisionLanguagePolicy other) => false;

    public override TokenStatistics TokenLogProbabilities(
        IReadOnlyList<PackedGroup> groups, TokenStatisticsOptions options, Tensor? imageFeatures = null) =>
        base.TokenLogProbabilities(
            [.. groups.SelectMany(group => group.Completions.Select(
                completion => new PackedGroup(OwnPrompt(group.Prompt), [completion])))],
            options);

    public override IVisionLanguagePolicy CreateReference() => new PlainPolicy(base.CreateReference());
}
