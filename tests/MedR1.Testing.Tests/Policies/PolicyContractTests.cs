using MedR1.Modeling;
using MedR1.TestSupport;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Testing.Tests;

public sealed class PolicyContractTests : IDisposable
{
    private readonly TinyPolicy _policy = new(new TinyPolicyOptions { Seed = 2 });

    public void Dispose() => _policy.Dispose();

    [Fact]
    public void The_tiny_policy_keeps_it() => PolicyContract.Require(_policy, Prompts(_policy));

    [Fact]
    public void Weights_stay_as_they_are_and_no_gradient_stays()
    {
        float[] before = ValuesOf(_policy.Parameters[0].Value);
        PolicyContract.Require(_policy, Prompts(_policy));
        Assert.Equal(before, ValuesOf(_policy.Parameters[0].Value));
        Assert.All(_policy.Parameters, pair => Assert.Null(pair.Value.grad));
    }

    [Fact]
    public void Features_beyond_the_images_are_found() => AssertBreaks(
        new Spoilt(_policy) { Features = rows => cat([rows, rows[..1]], 0) }, "EncodeImages: images together and each alone");

    [Fact]
    public void Features_that_are_not_used_are_found() => AssertBreaks(
        new Spoilt(_policy) { IgnoresFeatures = true }, "imageFeatures: are ignored");

    [Fact]
    public void Logits_of_another_row_are_found() => AssertBreaks(
        new Spoilt(_policy) { DecodeLogits = logits => logits.flip(0) }, "Decode: log-probabilities of the training pass and of decoding");

    [Fact]
    public void Prompts_that_depend_on_others_are_found() => AssertBreaks(
        new Spoilt(_policy) { PrefillLogits = logits => logits - logits.mean([0], keepdim: true) },
        "Prefill: prompt 0 alone and with others");

    [Fact]
    public void Logits_of_another_type_are_found() => AssertBreaks(
        new Spoilt(_policy) { PrefillLogits = logits => logits.to(ScalarType.BFloat16) },
        "Prefill: the logits are BFloat16, expected Float32.");

    [Fact]
    public void A_pass_without_gradient_is_found() => AssertBreaks(
        new Spoilt(_policy) { Statistics = one => one with { LogProbabilities = one.LogProbabilities.detach() } }, "Gradients: ");

    [Fact]
    public void A_gradient_that_is_too_large_is_found() => AssertBreaks(
        new Spoilt(_policy) { Statistics = one => one with { LogProbabilities = Doubled(one.LogProbabilities) } },
        "Gradients: of '_tokens' by TokenLogProbabilities differ from those by SequenceLogProbabilities");

    [Fact]
    public void Numbers_at_padding_are_found() => AssertBreaks(
        new Spoilt(_policy) { Statistics = one => one with { LogProbabilities = one.LogProbabilities.sub(1) } },
        "TokenLogProbabilities: a log-probability is above 0, not a number, or not 0 at padding.");

    [Fact]
    public void States_that_spoil_a_gradient_at_padding_are_found() => AssertBreaks(
        new WithStates(_policy, Unfilled), "CompletionStates: a state is not finite, at a token or at padding.");

    [Fact]
    public void States_in_another_order_are_found() => AssertBreaks(
        new WithStates(_policy, states => states.roll(1, 0)), "CompletionStates: the state that predicts the first token, of completion");

    [Fact]
    public void States_of_another_shape_are_found() => AssertBreaks(
        new WithStates(_policy, states => states.narrow(1, 1, states.shape[1] - 1)), "CompletionStates: the result");

    [Fact]
    public void A_clone_that_can_be_trained_is_found() => AssertBreaks(
        new Spoilt(_policy) { Clone = () => new TinyPolicy(new TinyPolicyOptions { Seed = 2 }) }, "CloneFrozen: '_tokens' takes a gradient.");

    [Fact]
    public void What_throws_is_a_violation() => AssertBreaks(
        new Spoilt(_policy) { Clone = () => throw new NotSupportedException("No copies.") }, "CloneFrozen: NotSupportedException, No copies.");

    [Fact]
    public void The_exception_names_every_violation()
    {
        using Spoilt policy = new(_policy)
        {
            Clone = () => throw new NotSupportedException("No copies."),
            PrefillLogits = logits => logits.to(ScalarType.BFloat16),
        };
        PolicyContractException broken = Assert.Throws<PolicyContractException>(() => PolicyContract.Require(policy, Prompts(_policy)));
        Assert.All(broken.Violations, violation => Assert.Contains(violation, broken.Message));
        Assert.True(broken.Violations.Count > 1);
    }

    [Fact]
    public void Prompts_that_can_not_show_anything_are_refused()
    {
        EncodedPrompt[] prompts = Prompts(_policy);
        Assert.Throws<ArgumentOutOfRangeException>(() => PolicyContract.FindViolations(_policy, prompts[..1]));
        EncodedPrompt tooLong = prompts[0] with { TokenIds = new int[_policy.ContextLength - PolicyContract.CompletionTokens + 1] };
        Assert.Contains(
            "507 tokens, and 6 more don't fit the context of 512",
            Assert.Throws<ArgumentException>(() => PolicyContract.FindViolations(_policy, [prompts[0], tooLong])).Message);
    }

    private void AssertBreaks(DelegatingPolicy policy, string violation)
    {
        using (policy)
        {
            Assert.Contains(
                PolicyContract.FindViolations(policy, Prompts(_policy)), one => one.StartsWith(violation, StringComparison.Ordinal));
        }
    }

    // None, one and two pictures; two that begin alike.
    private static EncodedPrompt[] Prompts(TinyPolicy policy) =>
    [
        policy.Processor.Encode(VqaPrompt.Ask("What is this?", Picture(1))),
        policy.Processor.Encode(VqaPrompt.Ask("What is this, and what is that?", Picture(1), Picture(2))),
        policy.Processor.Encode(VqaPrompt.Ask("Why?")),
    ];

    // The same value with twice the gradient.
    private static Tensor Doubled(Tensor values) => values.mul(2).sub(values.detach());

    private static PixelImageSource Picture(int seed)
    {
        byte[] pixels = new byte[8 * 8 * 3];
        new Random(seed).NextBytes(pixels);
        return new PixelImageSource($"picture {seed}", new RgbImage(8, 8, pixels));
    }

    // The first row is shorter than others.
    private static Tensor Unfilled(Tensor states)
    {
        Tensor copy = states.clone();
        copy[0, -1] = float.NaN;
        return copy;
    }

    private static float[] ValuesOf(Tensor tensor) => [.. tensor.detach().data<float>()];

    private sealed class WithStates(TinyPolicy policy, Func<Tensor, Tensor> spoil) : DelegatingPolicy(policy), IHiddenStatePolicy
    {
        public int HiddenSize => policy.HiddenSize;

        public PassOutput CompletionStates(IReadOnlyList<PackedGroup> groups)
        {
            using PassOutput states = policy.CompletionStates(groups);
            return new PassOutput(spoil(states.Output).clone());
        }
    }

    private sealed class Spoilt(IVisionLanguagePolicy policy) : DelegatingPolicy(policy)
    {
        public Func<Tensor, Tensor> Features { get; init; } = rows => rows;

        public Func<Tensor, Tensor> PrefillLogits { get; init; } = logits => logits;

        public Func<Tensor, Tensor> DecodeLogits { get; init; } = logits => logits;

        public Func<TokenStatistics, TokenStatistics> Statistics { get; init; } = statistics => statistics;

        public bool IgnoresFeatures { get; init; }

        public Func<IVisionLanguagePolicy>? Clone { get; init; }

        public override Tensor? EncodeImages(IReadOnlyList<EncodedPrompt> prompts) =>
            base.EncodeImages(prompts) is Tensor rows ? Features(rows) : null;

        public override Tensor Prefill(
            IReadOnlyList<EncodedPrompt> prompts, IReadOnlyList<int> slots, IKeyValueCache cache, Tensor? imageFeatures = null) =>
            PrefillLogits(base.Prefill(prompts, slots, cache, imageFeatures));

        public override Tensor Decode(Tensor tokens, IReadOnlyList<DecodeRow> rows, IKeyValueCache cache) =>
            DecodeLogits(base.Decode(tokens, rows, cache));

        public override TokenStatistics TokenLogProbabilities(
            IReadOnlyList<PackedGroup> groups, TokenStatisticsOptions options, Tensor? imageFeatures = null) =>
            Statistics(base.TokenLogProbabilities(groups, options, IgnoresFeatures ? null : imageFeatures));

        public override IVisionLanguagePolicy CloneFrozen() => Clone?.Invoke() ?? base.CloneFrozen();
    }
}
