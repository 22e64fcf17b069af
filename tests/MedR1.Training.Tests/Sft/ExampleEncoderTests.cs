using MedR1.Modeling;
using MedR1.Testing;

namespace MedR1.Training.Tests;

public sealed class ExampleEncoderTests
{
    // Three examples with one image each, encoded twice: cached by place, under a common key, and not at all.
    [Theory]
    [InlineData(null, true, 3)]
    [InlineData("picture", true, 1)]
    [InlineData(null, false, 6)]
    [InlineData("picture", false, 6)]
    public void A_prompt_is_encoded_once_if_it_is_kept(string? key, bool keeps, int read)
    {
        using TinyPolicy policy = TestData.Policy();
        ExampleEncoder encoder = new(policy, new SftTrainerOptions());
        CountedImage image = new();
        SupervisedExample example = SupervisedExample.Answer(VqaPrompt.Ask("?", image), "A") with
        {
            CacheKey = key,
            CachePrompt = keeps,
        };

        for (int place = 0; place < 6; place++)
        {
            encoder.Encode(example, place % 3, default);
        }

        Assert.Equal(read, image.Count);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1_000_000)]
    public void A_token_that_the_policy_does_not_have_is_named(int token)
    {
        using TinyPolicy policy = TestData.Policy();
        ExampleEncoder encoder = new(policy, new SftTrainerOptions());

        InvalidDataException exception = Assert.Throws<InvalidDataException>(() => encoder.Encode(
            SupervisedExample.Tokens(new EncodedPrompt([1, token, 2], [])), 7, default));

        Assert.Equal(
            $"Example 7 has the token {token}, but the policy has the tokens 0 to {policy.VocabularySize - 1}.", exception.Message);
    }

    // "A" and the end token.
    [Fact]
    public void A_token_weighting_that_returns_nothing_or_throws_is_named()
    {
        using TinyPolicy policy = TestData.Policy();
        ExampleEncoder encoder = new(policy, new SftTrainerOptions());
        string MessageOf<TException>(TokenWeighting weigh)
            where TException : Exception => Assert.Throws<TException>(
            () => encoder.Encode(SupervisedExample.Answer(TestData.Prompt(0), "A") with { TokenWeighting = weigh }, 7, default)).Message;

        Assert.Equal(
            "The token weighting of example 7 returned null and no weights for 2 tokens; give one per token.",
            MessageOf<InvalidDataException>((_, _) => null!));
        Assert.Equal(
            "The token weighting of example 7 failed: no such token",
            MessageOf<InvalidDataException>((_, _) => throw new FormatException("no such token")));
        OperationCanceledException cancelled = new("its own");
        Assert.Equal("its own", MessageOf<OperationCanceledException>((_, _) => throw cancelled));
        Assert.StartsWith("The token weighting of example 7 was cancelled", ForeignCancellation.Explain(cancelled).Message);
    }

    // "A" and the end token; the first weight too must be valid, and 0 is.
    [Theory]
    [InlineData(0, 1, true)]
    [InlineData(-1, 1, false)]
    [InlineData(1, float.PositiveInfinity, false)]
    [InlineData(float.NaN, 1, false)]
    public void Weights_are_finite_and_not_negative(float first, float second, bool isValid)
    {
        using TinyPolicy policy = TestData.Policy();
        ExampleEncoder encoder = new(policy, new SftTrainerOptions());
        SupervisedExample example = SupervisedExample.Answer(TestData.Prompt(0), "A") with { TokenWeighting = (_, _) => [first, second] };
        Assert.Equal(isValid, Record.Exception(() => encoder.Encode(example, 0, default)) is null);
    }

    [Fact]
    public void A_sequence_may_fill_the_context_and_have_as_few_as_two_tokens()
    {
        // The first token has nothing before it that would predict it, so it has no weight.
        using TinyPolicy policy = new(new TinyPolicyOptions { ContextLength = 32 });
        ExampleEncoder encoder = new(policy, new SftTrainerOptions());
        Assert.Equal([1f], Encode(2).Weights);
        Assert.Equal(Enumerable.Repeat(1f, 31), Encode(32).Weights);
        Assert.Throws<InvalidPromptException>(() => Encode(33));
        Assert.Throws<ArgumentException>(() => Encode(1));
        Assert.Equal([3f, 4], encoder.Encode(SupervisedExample.Tokens(Sequence(3), [2, 3, 4]), 0, default).Weights);

        EncodedExample Encode(int tokens) => encoder.Encode(SupervisedExample.Tokens(Sequence(tokens)), 0, default);
        static EncodedPrompt Sequence(int tokens) => new([.. Enumerable.Repeat(1, tokens)], []);
    }

    private sealed class CountedImage : IImageSource
    {
        public int Count { get; private set; }

        public string Name => "counted";

        public Stream OpenRead()
        {
            Count++;
            return new MemoryStream(new byte[TinyProcessor.ImageValueCount]);
        }
    }
}
