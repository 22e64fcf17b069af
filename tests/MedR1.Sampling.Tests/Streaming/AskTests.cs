using System.Text;

using MedR1.Testing;

namespace MedR1.Sampling.Tests;

public sealed class AskTests
{
    [Fact]
    public async Task The_pieces_of_an_answer_add_up_to_the_completions_text()
    {
        using TinyPolicy policy = Samples.Policy();
        SamplingOptions options = new() { MaxNewTokens = 60, Temperature = 1.5, Seed = 4 };
        VqaPrompt prompt = VqaPrompt.Ask("What?", Samples.Red);
        string[] pieces = await policy.AskAsync(Samples.Red, "What?", options).ToArrayAsync();
        Completion completion = (await new LocalSampler(policy).DrawAsync([prompt], options))[0].Completions[0];

        Assert.Equal(completion.Text, string.Concat(pieces));
        Assert.All(pieces, piece => Assert.NotEqual("", piece));
        Assert.True(pieces.Length > 5);
    }

    [Fact]
    public async Task Only_complete_characters_are_yielded()
    {
        using TinyPolicy policy = Samples.Policy();

        // é is the bytes C3 A9: as nothing else can be drawn, they come one by one.
        SamplingOptions options = new()
        {
            MaxNewTokens = 40,
            SuppressedTokenIds = [.. Enumerable.Range(0, 260).Where(id => id is not (0xC3 or 0xA9))],
        };
        StringBuilder text = new();
        List<SampledToken> tokens =
            await new LocalSampler(policy).StreamAsync(VqaPrompt.Ask("What?"), options).ToListAsync();
        foreach (SampledToken token in tokens)
        {
            Assert.DoesNotContain('\u00C3', token.Text);
            text.Append(token.Text);
        }

        Assert.Equal(policy.Processor.Tokenizer.Decode(tokens.Select(token => token.TokenId)), text.ToString());
        Assert.Contains(tokens, token => token.Text.Length == 0);
        Assert.All(tokens.SkipLast(1), token => Assert.Null(token.StopReason));
        Assert.Equal(StopReason.Length, tokens[^1].StopReason);
    }

    [Fact]
    public async Task Log_probabilities_of_a_stream_equal_those_of_the_completion()
    {
        using TinyPolicy policy = Samples.Policy();
        SamplingOptions options = new() { MaxNewTokens = 12, Temperature = 0.7, TopK = 9 };
        List<SampledToken> tokens = await new LocalSampler(policy).StreamAsync(Samples.Mixed[0], options).ToListAsync();
        Completion completion =
            (await new LocalSampler(policy).DrawAsync([Samples.Mixed[0]], options))[0].Completions[0];

        Assert.Equal(completion.TokenIds, tokens.Select(token => token.TokenId));
        Assert.Equal(completion.LogProbabilities, tokens.Select(token => token.LogProbability));
    }

    [Fact]
    public async Task Without_options_the_answer_is_reproducible()
    {
        using TinyPolicy policy = Samples.Policy(contextLength: 60);
        string first = string.Concat(await policy.AskAsync(null, "What?").ToListAsync());
        string second = string.Concat(await policy.AskAsync(VqaPrompt.Ask("What?")).ToListAsync());
        Assert.Equal(first, second);
        Assert.NotEqual("", first);
    }

    [Fact]
    public async Task Cancelling_ends_the_answer()
    {
        using TinyPolicy policy = Samples.Policy();
        using CancellationTokenSource source = new();
        int count = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            IAsyncEnumerable<string> answer = policy.AskAsync(null, "What?", new SamplingOptions { EndTokenIds = [] });
            await foreach (string piece in answer.WithCancellation(source.Token))
            {
                if (++count == 3)
                {
                    await source.CancelAsync();
                }
            }
        });
        Assert.Equal(3, count);
    }

    [Fact]
    public void A_stream_allows_only_one_completion()
    {
        using TinyPolicy policy = Samples.Policy();
        SamplingOptionsException exception = Assert.Throws<SamplingOptionsException>(
            () => policy.AskAsync(null, "What?", new SamplingOptions { SamplesPerPrompt = 2, TopP = 0 }));
        Assert.Equal(2, exception.Errors.Count);
    }

    [Fact]
    public async Task A_disposed_policy_is_named()
    {
        TinyPolicy policy = Samples.Policy();
        LocalSampler sampler = new(policy);
        policy.Dispose();

        foreach (Func<Task> use in (Func<Task>[])
            [
                async () => await policy.AskAsync(null, "What?").ToArrayAsync(),
                async () => await sampler.DrawAsync([VqaPrompt.Ask("What?")], new SamplingOptions { SamplesPerPrompt = 2 }),
            ])
        {
            Assert.Contains("The TinyPolicy, or the base model of its adapter, is disposed", (await Assert.ThrowsAsync<ObjectDisposedException>(use)).Message);
        }
    }
}
