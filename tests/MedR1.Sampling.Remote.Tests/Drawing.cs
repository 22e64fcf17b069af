namespace MedR1.Sampling.Remote.Tests;

/// <summary>Calls that most tests make.</summary>
internal static class Drawing
{
    public static SamplingOptions Two { get; } = new() { SamplesPerPrompt = 2 };

    public static VqaPrompt[] Prompts(int count) =>
        [.. Enumerable.Range(0, count).Select(i => VqaPrompt.Ask($"question {i}") with { Example = Example($"q{i}") })];

    public static VqaExample Example(string id) => new() { Id = id, Question = "Which?", Answer = "A" };

    public static async Task<List<CompletionGroup>> DrawAsync(
        this RemoteSamplerOptions options,
        IReadOnlyList<VqaPrompt> prompts,
        SamplingOptions? sampling = null,
        CancellationToken cancellationToken = default)
    {
        List<CompletionGroup> groups = [];
        RemoteSampler sampler = new(options);
        await foreach (CompletionGroup group in sampler.SampleAsync(prompts, sampling ?? Two, cancellationToken))
        {
            groups.Add(group);
        }

        return groups;
    }

    public static Task<RemoteSamplingException> FailAsync(
        this RemoteSamplerOptions options, IReadOnlyList<VqaPrompt> prompts, SamplingOptions? sampling = null) =>
        Assert.ThrowsAsync<RemoteSamplingException>(() => options.DrawAsync(prompts, sampling));
}
