using MedR1.Testing;

namespace MedR1.Sampling.Tests;

public sealed class LocalSamplerTests
{
    private static readonly SamplingOptions Greedy = new() { Temperature = 0, MaxNewTokens = 20 };

    [Fact]
    public async Task Greedy_completions_do_not_depend_on_the_batch()
    {
        using TinyPolicy policy = Samples.Policy();
        LocalSampler sampler = new(policy);
        IReadOnlyList<CompletionGroup> together = await sampler.DrawAsync(Samples.Mixed, Greedy);

        for (int i = 0; i < Samples.Mixed.Count; i++)
        {
            CompletionGroup alone = Assert.Single(await sampler.DrawAsync([Samples.Mixed[i]], Greedy));
            Assert.Equal(alone.Completions[0].TokenIds, together[i].Completions[0].TokenIds);
            Assert.Equal(i, together[i].PromptIndex);
            Assert.Same(Samples.Mixed[i], together[i].Prompt);
        }

        Assert.Equal(4, together.Select(group => string.Join(',', group.Completions[0].TokenIds)).Distinct().Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(256)]
    public async Task Drawn_completions_do_not_depend_on_the_size_of_the_batches(int mostRows)
    {
        using TinyPolicy policy = Samples.Policy();
        SamplingOptions options = new() { SamplesPerPrompt = 3, MaxNewTokens = 12, Seed = 11 };
        IReadOnlyList<CompletionGroup> reference = await new LocalSampler(policy).DrawAsync(Samples.Mixed, options);
        IReadOnlyList<CompletionGroup> other =
            await new LocalSampler(policy, new LocalSamplerOptions { MaxRows = mostRows })
                .DrawAsync(Samples.Mixed, options);

        Assert.Equal([0, 1, 2, 3], other.Select(group => group.PromptIndex));
        Assert.Equal(TokensOf(reference), TokensOf(other));
    }

    [Fact]
    public async Task The_same_call_gives_the_same_result_bit_for_bit()
    {
        using TinyPolicy policy = Samples.Policy();
        SamplingOptions options =
            new() { SamplesPerPrompt = 4, MaxNewTokens = 12, Temperature = 0.8, TopP = 0.9, Seed = 2 };
        IReadOnlyList<CompletionGroup> first = await new LocalSampler(policy).DrawAsync(Samples.Mixed, options);
        IReadOnlyList<CompletionGroup> second = await new LocalSampler(policy).DrawAsync(Samples.Mixed, options);

        Assert.Equal(TokensOf(first), TokensOf(second));
        Assert.Equal(
            first.SelectMany(group => group.Completions).SelectMany(completion => completion.LogProbabilities),
            second.SelectMany(group => group.Completions).SelectMany(completion => completion.LogProbabilities));
    }

    [Fact]
    public async Task Samples_of_a_group_differ_and_seeds_change_them()
    {
        using TinyPolicy policy = Samples.Policy();
        LocalSampler sampler = new(policy);
        SamplingOptions options = new() { SamplesPerPrompt = 4, MaxNewTokens = 12 };
        string[] first = TokensOf(await sampler.DrawAsync([Samples.Mixed[0]], options));
        string[] second = TokensOf(await sampler.DrawAsync([Samples.Mixed[0]], options with { Seed = 1 }));

        Assert.Equal(8, first.Concat(second).Distinct().Count());
    }

    [Fact]
    public async Task A_prompts_seed_applies_at_any_place_and_more_samples_keep_the_first()
    {
        using TinyPolicy policy = Samples.Policy();
        LocalSampler sampler = new(policy);
        VqaPrompt seeded = Samples.Mixed[1] with { Seed = 77 };
        SamplingOptions options = new() { SamplesPerPrompt = 2, MaxNewTokens = 12 };
        string[] alone = TokensOf(await sampler.DrawAsync([seeded], options));
        string[] third =
            TokensOf(await sampler.DrawAsync([Samples.Mixed[0], Samples.Mixed[2], seeded], options with { Seed = 5 }));
        string[] more = TokensOf(await sampler.DrawAsync([seeded], options with { SamplesPerPrompt = 4 }));

        Assert.Equal(alone, third[4..]);
        Assert.Equal(alone, more[..2]);
    }

    [Fact]
    public async Task Suppressed_and_vision_tokens_are_never_drawn()
    {
        using TinyPolicy policy = Samples.Policy();
        int[] letters = [.. Enumerable.Range(97, 26)];
        SamplingOptions options = new()
        {
            SamplesPerPrompt = 16,
            MaxNewTokens = 40,
            Temperature = 3,
            EndTokenIds = [],
            SuppressedTokenIds = letters,
        };
        IReadOnlyList<CompletionGroup> groups = await new LocalSampler(policy).DrawAsync(Samples.Mixed, options);

        int[] said =
            [.. groups.SelectMany(group => group.Completions).SelectMany(completion => completion.TokenIds).Distinct()];
        Assert.True(said.Length > 150, $"only {said.Length} different tokens of 260 were said");
        Assert.Empty(said.Intersect(letters));
        Assert.DoesNotContain(ByteTokenizer.ImageTokenId, said);
    }

    [Fact]
    public async Task Groups_have_their_prompt_length_and_samples_their_indices()
    {
        using TinyPolicy policy = Samples.Policy();
        CompletionGroup group = Assert.Single(
            await new LocalSampler(policy)
                .DrawAsync([VqaPrompt.Ask("Why?", Samples.Red)], Greedy with { SamplesPerPrompt = 3 }));

        // Start of turn, image, four bytes, end of turn, start of turn.
        Assert.Equal(8, group.PromptTokenCount);
        Assert.Equal([0, 1, 2], group.Completions.Select(completion => completion.SampleIndex));
    }

    [Fact]
    public async Task No_prompts_give_no_groups()
    {
        using TinyPolicy policy = Samples.Policy();
        Assert.Empty(await new LocalSampler(policy).DrawAsync([], Greedy));
    }

    private static string[] TokensOf(IReadOnlyList<CompletionGroup> groups) =>
        [.. groups.SelectMany(group => group.Completions).Select(completion => string.Join(',', completion.TokenIds))];
}
