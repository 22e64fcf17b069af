using MedR1.Testing;

namespace MedR1.Testing.Tests;

public sealed class ScriptedSamplerTests
{
    [Fact]
    public async Task Gives_the_list_to_each_prompt_and_repeats_it_when_used_up()
    {
        ScriptedSampler sampler = new("yes", "no");
        CompletionGroup[] groups = await sampler
            .SampleAsync([VqaPrompt.Ask("a"), VqaPrompt.Ask("b")], new SamplingOptions { SamplesPerPrompt = 3 })
            .ToArrayAsync();

        Assert.Equal([0, 1], groups.Select(group => group.PromptIndex));
        Assert.All(groups, group =>
            Assert.Equal(["yes", "no", "yes"], group.Completions.Select(completion => completion.Text)));
        Assert.All(groups[0].Completions, completion => Assert.Equal(StopReason.EndToken, completion.StopReason));
        Assert.Equal([0, 1, 2], groups[0].Completions.Select(completion => completion.SampleIndex));
    }

    [Fact]
    public async Task Truncates_an_answer_at_MaxNewTokens()
    {
        ScriptedSampler sampler = new((prompt, sample) => $"answer {sample}");
        CompletionGroup group = await sampler
            .SampleAsync([VqaPrompt.Ask("a")], new SamplingOptions { MaxNewTokens = 4 })
            .SingleAsync();

        Assert.Equal("answ", group.Completions[0].Text);
        Assert.Equal(StopReason.Length, group.Completions[0].StopReason);
        Assert.Equal(4, group.Completions[0].LogProbabilities.Count);
    }

    [Fact]
    public void Needs_an_answer()
    {
        Assert.Throws<ArgumentException>(() => new ScriptedSampler());
    }
}
