using MedR1.Testing;

namespace MedR1.Sampling.Tests;

public sealed class LocalContinuationScorerTests
{
    // Float32 sums in another order: the sampler decodes token by token, the scorer computes a text at once.
    private const double Tolerance = 1e-4;

    [Fact]
    public async Task What_the_sampler_drew_has_the_log_probabilities_that_it_gave()
    {
        using TinyPolicy policy = Samples.Policy();
        SamplingOptions options = new() { SamplesPerPrompt = 64, MaxNewTokens = 3, Seed = 4 };
        LocalContinuationScorer scorer = new(policy);
        int compared = 0;
        foreach (CompletionGroup group in await new LocalSampler(policy).DrawAsync(Samples.Mixed, options))
        {
            // A byte above 127 alone is no text: what the tokenizer does not give back can't be scored as a text.
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

        // An eighth of 256 draws of three bytes is to be expected.
        Assert.InRange(compared, 10, 256);
    }

    [Fact]
    public async Task A_text_scores_the_same_alone_and_beside_longer_ones()
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
    public async Task All_one_byte_texts_and_the_control_tokens_share_the_probability()
    {
        // 128 of the 256 bytes are texts of their own, so the sum is below 1 and, with a head of small weights, near 128 of
        // the 259 tokens that may follow.
        using TinyPolicy policy = Samples.Policy(headScale: 0.01);
        string[] texts = [.. Enumerable.Range(0, 128).Select(value => $"{(char)value}")];
        IReadOnlyList<IReadOnlyList<float>> scores =
            await new LocalContinuationScorer(policy).ScoreAsync(VqaPrompt.Ask("Which?"), texts);
        Assert.Equal(128.0 / 259, scores.Sum(text => Math.Exp(text[0])), 0.01);
    }

    [Fact]
    public async Task A_text_may_fill_the_context()
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
    public async Task Wrong_texts_long_ones_and_cancellation_are_refused()
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
