using MedR1.Modeling;
using MedR1.Testing;

namespace MedR1.Sampling.Tests;

public sealed class EncodedPromptTests
{
    private static readonly SamplingOptions Options = new() { SamplesPerPrompt = 2, MaxNewTokens = 5, Seed = 7 };

    [Fact]
    public async Task Encoded_prompts_give_the_same_completions_and_are_not_encoded_again()
    {
        using TinyPolicy policy = Samples.Policy();
        LocalSampler sampler = new(policy);
        EncodedPrompt[] encoded = [.. Samples.Mixed.Select(prompt => sampler.Processor.Encode(prompt, default))];

        // The questions of these prompts can't be encoded any more, so that encoding them again would fail.
        VqaPrompt[] emptied = [.. Samples.Mixed.Select(prompt => prompt with { Messages = [] })];
        IReadOnlyList<CompletionGroup> expected = await sampler.DrawAsync(Samples.Mixed, Options);
        IReadOnlyList<CompletionGroup> actual = await sampler.SampleAsync(emptied, encoded, Options).ToListAsync();

        Assert.Equal(
            expected.SelectMany(group => group.Completions).Select(completion => completion.Text),
            actual.SelectMany(group => group.Completions).Select(completion => completion.Text));
    }

    [Fact]
    public void Every_prompt_needs_its_encoded_form()
    {
        using TinyPolicy policy = Samples.Policy();
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => new LocalSampler(policy).SampleAsync(Samples.Mixed, [], Options));
        Assert.Contains("4 prompts, but 0", error.Message, StringComparison.Ordinal);
    }
}
