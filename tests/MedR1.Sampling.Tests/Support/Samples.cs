using MedR1.Testing;

namespace MedR1.Sampling.Tests;

/// <summary>Prompts, images and calls that the tests share.</summary>
internal static class Samples
{
    public static IImageSource Red { get; } = Image("red", 200, 30, 20);

    public static IImageSource Blue { get; } = Image("blue", 20, 30, 200);

    /// <summary>Prompts of different lengths, with two, one or no images.</summary>
    public static IReadOnlyList<VqaPrompt> Mixed { get; } =
    [
        VqaPrompt.Ask("Compare these two pictures, please.", Red, Blue),
        VqaPrompt.Ask("What?", Blue),
        VqaPrompt.Ask("A question about nothing that can be seen, which is longer than the others."),
        VqaPrompt.Ask("Why?", Red),
    ];

    public static TinyPolicy Policy(double headScale = 2, int contextLength = 512) =>
        new(new TinyPolicyOptions { Seed = 3, HeadScale = headScale, ContextLength = contextLength });

    public static async Task<IReadOnlyList<CompletionGroup>> DrawAsync(
        this LocalSampler sampler, IReadOnlyList<VqaPrompt> prompts, SamplingOptions options) =>
        await sampler.SampleAsync(prompts, options).ToListAsync();

    /// <summary>The least number of tokens to feed: the distinct prefixes of completions, excluding whole completions.</summary>
    public static int DistinctPrefixes(IReadOnlyList<CompletionGroup> groups) => groups.Sum(group =>
        group.Completions.SelectMany(completion => Enumerable.Range(1, completion.TokenCount - 1)
                .Select(length => string.Join(' ', completion.TokenIds.Take(length))))
            .Distinct().Count());

    private static PixelImageSource Image(string name, byte red, byte green, byte blue)
    {
        byte[] pixels = [.. Enumerable.Range(0, 64).SelectMany(_ => new[] { red, green, blue })];
        return new PixelImageSource(name, new RgbImage(8, 8, pixels));
    }
}
