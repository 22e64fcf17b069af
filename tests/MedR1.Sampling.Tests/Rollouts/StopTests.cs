using MedR1.Testing;

namespace MedR1.Sampling.Tests;

public sealed class StopTests
{
    private static readonly SamplingOptions Greedy = new() { Temperature = 0, MaxNewTokens = 10, EndTokenIds = [] };
    private static readonly VqaPrompt Prompt = VqaPrompt.Ask("What is seen?", Samples.Red);

    [Fact]
    public async Task MaxNewTokens_truncates_a_completion()
    {
        using TinyPolicy policy = Samples.Policy();
        Completion completion = await DrawOneAsync(policy, Greedy);

        Assert.Equal(StopReason.Length, completion.StopReason);
        Assert.True(completion.IsTruncated);
        Assert.Equal(10, completion.TokenCount);
        Assert.Equal(10, completion.LogProbabilities.Count);
        Assert.Equal(10, completion.ProcessedLogProbabilities.Count);
    }

    [Fact]
    public async Task An_end_token_is_the_last_token_and_ends_only_its_row()
    {
        using TinyPolicy policy = Samples.Policy();
        IReadOnlyList<CompletionGroup> free = await new LocalSampler(policy).DrawAsync(Samples.Mixed, Greedy);
        int end = free[1].Completions[0].TokenIds[3];
        IReadOnlyList<CompletionGroup> ended =
            await new LocalSampler(policy).DrawAsync(Samples.Mixed, Greedy with { EndTokenIds = [end] });

        for (int i = 0; i < free.Count; i++)
        {
            IReadOnlyList<int> tokens = free[i].Completions[0].TokenIds;
            int at = tokens.ToList().IndexOf(end);
            Assert.Equal(at < 0 ? tokens : tokens.Take(at + 1), ended[i].Completions[0].TokenIds);
            Assert.Equal(at < 0 ? StopReason.Length : StopReason.EndToken, ended[i].Completions[0].StopReason);
        }

        Assert.Equal(StopReason.EndToken, ended[1].Completions[0].StopReason);
        Assert.False(ended[1].Completions[0].IsTruncated);
    }

    [Fact]
    public async Task End_tokens_are_suppressed_before_MinNewTokens()
    {
        using TinyPolicy policy = Samples.Policy();
        Completion free = await DrawOneAsync(policy, Greedy);
        Completion held = await DrawOneAsync(
            policy, Greedy with { EndTokenIds = [free.TokenIds[0], free.TokenIds[1]], MinNewTokens = 3 });

        Assert.True(held.TokenCount > 3);
        Assert.DoesNotContain(free.TokenIds[0], held.TokenIds.Take(3));
        Assert.DoesNotContain(free.TokenIds[1], held.TokenIds.Take(3));
    }

    [Fact]
    public async Task A_stop_string_across_tokens_ends_the_text_and_is_kept()
    {
        using TinyPolicy policy = Samples.Policy();
        SamplingOptions options = Greedy with
        {
            MaxNewTokens = 60,
            Temperature = 1,
            SuppressedTokenIds = [.. Enumerable.Range(0, 260).Where(id => id is < 97 or > 99)],
            StopStrings = ["cab", "zz"],
            SamplesPerPrompt = 8,
        };
        IReadOnlyList<CompletionGroup> groups = await new LocalSampler(policy).DrawAsync([Prompt], options);

        // Three letters at random: "cab" occurs within 60 tokens in nearly every row.
        Completion[] stopped =
            [.. groups[0].Completions.Where(completion => completion.StopReason == StopReason.StopString)];
        Assert.NotEmpty(stopped);
        Assert.All(stopped, completion =>
        {
            Assert.EndsWith("cab", completion.Text, StringComparison.Ordinal);
            Assert.Equal(completion.TokenCount - 3, completion.Text.IndexOf("cab", StringComparison.Ordinal));
            Assert.False(completion.IsTruncated);
        });
    }

    [Fact]
    public async Task An_end_token_that_completes_a_stop_string_counts_as_an_end_token()
    {
        // Only "a" can be drawn, which is both.
        using TinyPolicy policy = Samples.Policy();
        SamplingOptions options = Greedy with
        {
            SuppressedTokenIds = [.. Enumerable.Range(0, 260).Where(id => id != 'a')],
            EndTokenIds = ['a'],
            StopStrings = ["a"],
        };
        Completion completion = await DrawOneAsync(policy, options);
        Assert.Equal("a", completion.Text);
        Assert.Equal(StopReason.EndToken, completion.StopReason);
        Assert.Equal(StopReason.StopString, (await DrawOneAsync(policy, options with { EndTokenIds = [] })).StopReason);
    }

    [Fact]
    public async Task A_full_context_truncates_with_a_separate_stop_reason()
    {
        using TinyPolicy policy = Samples.Policy(contextLength: 24);
        CompletionGroup group = Assert.Single(await new LocalSampler(policy).DrawAsync([Prompt], Greedy));

        Assert.Equal(17, group.PromptTokenCount);
        Assert.Equal(7, group.Completions[0].TokenCount);
        Assert.Equal(StopReason.ContextFull, group.Completions[0].StopReason);
        Assert.True(group.Completions[0].IsTruncated);
    }

    [Fact]
    public async Task A_completion_that_just_fits_the_context_ends_for_its_length()
    {
        using TinyPolicy policy = Samples.Policy(contextLength: 27);
        Assert.Equal(StopReason.Length, (await DrawOneAsync(policy, Greedy)).StopReason);
    }

    private static async Task<Completion> DrawOneAsync(TinyPolicy policy, SamplingOptions options) =>
        (await new LocalSampler(policy).DrawAsync([Prompt], options))[0].Completions[0];
}
