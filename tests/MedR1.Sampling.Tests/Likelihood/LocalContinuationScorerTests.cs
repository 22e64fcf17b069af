using MedR1.Testing;

namespace MedR1.Sampling.Tests;

public sealed class LocalContinuationScorerTests
{
    // Float32 sums in a different order: the sampler decodes token by token, the scorer computes a text in one pass.
    private const double Tolerance = 1e-4;

    [Fact]
    public async Task The_scorer_reproduces_the_log_probabilities_of_drawn_completions()
    {
        using TinyPolicy policy = Samples.Policy();
        SamplingOptions options = new() { SamplesPerPrompt = 64, MaxNewTokens = 3, Seed = 4 };
        LocalContinuationScorer scorer = new(policy);
        int compared = 0;
        foreach (CompletionGroup group in await new LocalSampler(policy).DrawAsync(Samples.Mixed, options))
        {
            // A lone byte above 127 isn't valid text: what the tokenizer doesn't reproduce can't be scored as text.
            Completion[] texts =
            [
                .. group.Completions.Where(
                    one => policy.Processor.Tokenizer.Encode(one.Text).SequenceEqual(one.TokenIds)),
            ];
            IReadOnlyList<IReadOnlyList<float>> scores =
                await scorer.ScoreAsync(group.Prompt, [.. texts.Select(one => one.Text)]);
            foreach ((Completion completion, IReadOnlyList<float> score) in texts.Zip(scores))
            {
                Assert.Equal(completion.TokenCount, score.Count);
                Assert.All(
                    completion.LogProbabilities.Zip(score),
                    pair => Assert.Equal(pair.First, pair.Second, Tolerance));
                compared++;
            }
        }

        // The expectation is an eighth of 256 draws of three bytes.
        Assert.InRange(compared, 10, 256);
    }

    [Fact]
    public async Task A_text_has_the_same_score_alone_and_next_to_longer_texts()
    {
        using TinyPolicy policy = Samples.Policy();
        LocalContinuationScorer scorer = new(policy);
        VqaPrompt prompt = VqaPrompt.Ask("Which?", Samples.Red);
        IReadOnlyList<IReadOnlyList<float>> together = await scorer.ScoreAsync(prompt, ["a", "a longer text", "ab"]);
        Assert.Equal([1, 13, 2], together.Select(text => text.Count));
        Assert.Equal(together[0][0], together[2][0], Tolerance);
        IReadOnlyList<float> alone = (await scorer.ScoreAsync(prompt, ["ab"]))[0];
        Assert.All(alone.Zip(together[2]), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
    }

    [Fact]
    public async Task The_probabilities_of_all_one_byte_texts_sum_to_their_share()
    {
        // 128 of the 256 bytes are valid texts by themselves, so the sum is below 1 and, with a head of small weights, near 128 of
        // the 259 tokens that may follow.
        using TinyPolicy policy = Samples.Policy(headScale: 0.01);
        string[] texts = [.. Enumerable.Range(0, 128).Select(value => $"{(char)value}")];
        IReadOnlyList<IReadOnlyList<float>> scores =
            await new LocalContinuationScorer(policy).ScoreAsync(VqaPrompt.Ask("Which?"), texts);
        Assert.Equal(128.0 / 259, scores.Sum(text => Math.Exp(text[0])), 0.01);
    }

    [Fact]
    public async Task A_text_may_fill_the_context_but_not_exceed_it()
    {
        using TinyPolicy policy = Samples.Policy(contextLength: 40);
        LocalContinuationScorer scorer = new(policy);
        VqaPrompt prompt = VqaPrompt.Ask("Which?");
        int room = 40 - policy.Processor.Encode(prompt).TokenIds.Count;
        Assert.Equal(room, (await scorer.ScoreAsync(prompt, ["a", new string('a', room)]))[1].Count);
        Exception tooLong = await Assert.ThrowsAnyAsync<ArgumentException>(
            async () => await scorer.ScoreAsync(prompt, ["a", new string('a', room + 1)]));
        Assert.Contains($"the longest text {room + 1}", tooLong.Message);
    }

    [Fact]
    public async Task Invalid_and_overlong_texts_and_cancellation_throw()
    {
        using TinyPolicy policy = Samples.Policy(contextLength: 40);
        LocalContinuationScorer scorer = new(policy);
        VqaPrompt prompt = VqaPrompt.Ask("Which?");
        Assert.Throws<ArgumentNullException>(() => new LocalContinuationScorer(null!));
        await Assert.ThrowsAsync<ArgumentException>(async () => await scorer.ScoreAsync(prompt, []));
        ArgumentException empty =
            await Assert.ThrowsAsync<ArgumentException>(async () => await scorer.ScoreAsync(prompt, ["a", ""]));
        Assert.Contains("2 texts, 1 of them empty", empty.Message);
        Exception tooLong = await Assert.ThrowsAnyAsync<ArgumentException>(
            async () => await scorer.ScoreAsync(prompt, [new string('a', 60)]));
        Assert.Contains("the longest text 60", tooLong.Message);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await scorer.ScoreAsync(prompt, ["a"], new CancellationToken(canceled: true)));
    }
}
