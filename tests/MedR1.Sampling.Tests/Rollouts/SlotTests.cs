using MedR1.Modeling;
using MedR1.Models.Qwen2VL;

namespace MedR1.Sampling.Tests;

/// <summary>Each prompt gets its own image features and cache slot, however many prompts are in progress.</summary>
public sealed class SlotTests
{
    // The size is also the seed of the pixels, so that no two images are equal.
    private static readonly VqaPrompt[] s_prompts =
    [
        .. new[] { (56, 56), (84, 56), (56, 112), (112, 84), (140, 56) }.Select(size => VqaPrompt.Ask(
            "What?", new PixelImageSource($"{size}", new RgbImage(
                size.Item1, size.Item2,
                Enumerable.Range(0, size.Item1 * size.Item2 * 3).Select(i => (byte)(i * size.Item1 + size.Item2)).ToArray())))),
    ];

    [Fact]
    public async Task Images_that_are_encoded_together_go_to_their_own_prompts()
    {
        using Qwen2VLPolicy policy = SmallQwen.Create(Qwen2VLFamily.Qwen2VL);
        SamplingOptions greedy = new() { MaxNewTokens = 4, Temperature = 0, EndTokenIds = [] };
        Completion[] alone = await DrawAsync(policy, s_prompts, greedy, maxRows: 1);
        Completion[] together = await DrawAsync(policy, s_prompts, greedy, maxRows: 5);

        Assert.Equal(5, alone.Select(completion => completion.LogProbabilities[0]).Distinct().Count());
        Assert.Equal(alone.Select(completion => completion.LogProbabilities), together.Select(completion => completion.LogProbabilities));
    }

    // Four completions each, four rows, slots for two prompts: when each of two prompts has one long completion left, two rows are
    // free, but no slot for a prompt.
    [Fact]
    public async Task A_prompt_waits_for_a_slot_while_rows_are_free()
    {
        using WatchedPolicy policy = new(Samples.Policy());
        SamplingOptions options = new() { SamplesPerPrompt = 4, MaxNewTokens = 40, Seed = 3, Temperature = 1.5 };
        VqaPrompt[] prompts = [.. Enumerable.Range(0, 12).Select(number => VqaPrompt.Ask($"What is number {number}?"))];
        int end = (await DrawAsync(policy, prompts, options with { EndTokenIds = [] }, maxRows: 48))
            .SelectMany(completion => completion.TokenIds).CountBy(token => token).MaxBy(pair => pair.Value).Key;
        options = options with { EndTokenIds = [end] };
        Completion[] expected = await DrawAsync(policy, prompts, options, maxRows: 1);
        policy.RowsOfDecodes.Clear();
        Completion[] actual = await DrawAsync(policy, prompts, options, maxRows: 4);

        Assert.Equal(expected.Select(completion => completion.TokenIds), actual.Select(completion => completion.TokenIds));
        Assert.Equal(2, policy.Caches[^1].Prompts);

        // Rows were free while prompts waited: not only after the last prompt began, whose completions take at most 40 steps.
        Assert.True(policy.RowsOfDecodes.SkipLast(40).Count(rows => rows < 4) > 0, "no step had a free row");
    }

    private static async Task<Completion[]> DrawAsync(
        IVisionLanguagePolicy policy, VqaPrompt[] prompts, SamplingOptions options, int maxRows) =>
        [
            .. (await new LocalSampler(policy, new LocalSamplerOptions { MaxRows = maxRows }).DrawAsync(prompts, options))
                .SelectMany(group => group.Completions),
        ];
}
