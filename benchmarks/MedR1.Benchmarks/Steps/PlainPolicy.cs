using MedR1.Modeling;
using MedR1.TestSupport;
using static TorchSharp.torch;

namespace MedR1.Benchmarks.Steps;

/// <summary>The plain form of an update: each completion behind a prompt and images of its own, nothing shared.</summary>
internal sealed class PlainPolicy(IVisionLanguagePolicy inner) : DelegatingPolicy(inner)
{
    /// <summary>A prompt whose images nobody else has: they are told apart by reference.</summary>
    public static EncodedPrompt OwnPrompt(EncodedPrompt prompt) =>
        prompt with { Images = [.. prompt.Images.Select(image => image with { })] };

    /// <summary>As if it dropped something: then completions that say the same are computed one by one too.</summary>
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
