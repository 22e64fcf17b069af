using MedR1.Modeling;
using MedR1.Testing;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Testing.Tests;

public sealed class TinyPolicyTests
{
    private static readonly IImageSource Red = Image("red", 200, 30, 20);
    private static readonly IImageSource Blue = Image("blue", 20, 30, 200);

    [Fact]
    public void Cached_steps_equal_the_trainers_forward_pass()
    {
        using TinyPolicy policy = new();
        EncodedPrompt[] prompts =
        [
            policy.Processor.Encode(VqaPrompt.Ask("What is this?", Red)),
            policy.Processor.Encode(VqaPrompt.Ask("Compare the two pictures.", Red, Blue)),
        ];
        int[][] completions = [[65, 66, 67], [68, 69, 70], [71, 72, 73], [74, 75, 256]];

        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = no_grad();
        using GroupDecoding decoding = new(policy, 2, 2, 40, 3);
        Tensor logits = decoding.Prefill(prompts).repeat_interleave(2, 0);
        List<Tensor> cached = [];
        for (int t = 0; t < 3; t++)
        {
            Tensor tokens = tensor(completions.Select(completion => (long)completion[t]).ToArray());
            cached.Add(logits.log_softmax(1).gather(1, tokens.unsqueeze(1)));
            logits = decoding.Decode(tokens);
        }

        using TokenStatistics plain = policy.TokenLogProbabilities(
            [new PackedGroup(prompts[0], completions[..2]), new PackedGroup(prompts[1], completions[2..])],
            new TokenStatisticsOptions());
        Assert.True(allclose(cat(cached, 1), plain.LogProbabilities, rtol: 1e-5, atol: 1e-5));
    }

    [Fact]
    public void Given_features_replace_the_images()
    {
        using TinyPolicy policy = new();
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = no_grad();
        EncodedPrompt[] red = Prompts(Red), blue = Prompts(Blue);
        Tensor features = policy.EncodeImages(blue)!;
        Assert.Equal([3L, policy.HiddenSize], features.shape);

        using TokenStatistics own = Score(blue, null), given = Score(red, features);
        Assert.True(own.LogProbabilities.equal(given.LogProbabilities).all().item<bool>());
        using IKeyValueCache cache = policy.CreateCache(3, 1, 40, 1);
        Assert.True(policy.Prefill(blue, [0, 1, 2], cache).equal(policy.Prefill(red, [0, 1, 2], cache, features)).all().item<bool>());

        ArgumentException error = Assert.Throws<ArgumentException>(() => Score(red[..1], features));
        Assert.Contains($"[3, {policy.HiddenSize}], but the prompts' images need [1, {policy.HiddenSize}]", error.Message);

        TokenStatistics Score(EncodedPrompt[] prompts, Tensor? images) => policy.TokenLogProbabilities(
            [.. prompts.Select(prompt => new PackedGroup(prompt, [[65, 66]]))], new TokenStatisticsOptions(), images);

        EncodedPrompt[] Prompts(IImageSource image) =>
        [
            policy.Processor.Encode(VqaPrompt.Ask("What is this?", image)),
            policy.Processor.Encode(VqaPrompt.Ask("Nothing to see.")),
            policy.Processor.Encode(VqaPrompt.Ask("Compare the two.", image, Red)),
        ];
    }

    [Fact]
    public void Cached_steps_have_no_gradient()
    {
        using TinyPolicy policy = new();
        using GroupDecoding decoding = new(policy, 1, 1, 40, 2);
        using Tensor first = decoding.Prefill([policy.Processor.Encode(VqaPrompt.Ask("What is this?", Red))]);
        using Tensor tokens = tensor(new long[] { 65 });
        using Tensor second = decoding.Decode(tokens);
        Assert.False(first.requires_grad);
        Assert.False(second.requires_grad);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Entropies_have_a_gradient_if_requested(bool withGradient)
    {
        using TinyPolicy policy = new();
        PackedGroup group = new(policy.Processor.Encode(VqaPrompt.Ask("What is this?", Red)), [[65, 66]]);
        using TokenStatistics statistics = policy.TokenLogProbabilities(
            [group], new TokenStatisticsOptions { WithEntropies = true, WithEntropyGradient = withGradient });
        Assert.True(statistics.LogProbabilities.requires_grad);
        Assert.Equal(withGradient, statistics.Entropies!.requires_grad);
    }

    // Only tensors of this thread are counted, not those of concurrent tests.
    [Fact]
    public void A_policy_that_cannot_be_created_leaves_no_tensor_behind()
    {
        string folder = Directory.CreateTempSubdirectory("medr1-").FullName;
        try
        {
            using TinyPolicy policy = new();
            policy.Save(folder);
            File.WriteAllBytes(Path.Combine(folder, "parameters.dat"), []);
            long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
            Assert.ThrowsAny<Exception>(() => TinyPolicy.Load(folder));
            Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);

            policy.Parameters[^1].Value.Dispose();
            before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
            Assert.ThrowsAny<Exception>(policy.CloneFrozen);
            Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Results_are_the_only_tensors_that_calls_leave()
    {
        using TinyPolicy policy = new();
        using IDisposable guard = no_grad();
        EncodedPrompt[] prompts =
        [
            policy.Processor.Encode(VqaPrompt.Ask("Why?")), policy.Processor.Encode(VqaPrompt.Ask("What is this?", Red, Blue)),
        ];
        PackedGroup group = new(prompts[^1], [[65, 66], [67]]);
        using IKeyValueCache cache = policy.CreateCache(prompts.Length, 1, 60, 2);
        using Tensor tokens = tensor(new[] { 65L });
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        foreach (Func<IDisposable> call in new Func<IDisposable>[]
        {
            () => policy.EncodeImages(prompts)!,
            () => policy.Prefill(prompts, [.. Enumerable.Range(0, prompts.Length)], cache),
            () => policy.Decode(tokens, [new DecodeRow(0, 0, 0)], cache),
            () => policy.TokenLogProbabilities([group], new TokenStatisticsOptions()),
            () => policy.CompletionStates([group]),
            () => policy.SequenceLogProbabilities(prompts),
        })
        {
            call().Dispose();
            Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        }
    }

    [Fact]
    public void Using_a_disposed_policy_is_refused()
    {
        TinyPolicy policy = new();
        EncodedPrompt prompt = policy.Processor.Encode(VqaPrompt.Ask("What is this?", Red));
        using IKeyValueCache cache = policy.CreateCache(1, 1, 40, 3);
        using Tensor tokens = tensor(new[] { 65L });
        policy.Dispose();
        policy.Dispose();
        PackedGroup group = new(prompt, [[65, 66]]);
        Assert.All(
            new Action[]
            {
                () => policy.EncodeImages([prompt]),
                () => policy.Prefill([prompt], [0], cache),
                () => policy.Decode(tokens, [new DecodeRow(0, 0, 0)], cache),
                () => policy.TokenLogProbabilities([group], new TokenStatisticsOptions()),
                () => policy.CompletionStates([group]),
                () => policy.SequenceLogProbabilities([prompt]),
                () => policy.CloneFrozen(),
                () => policy.Save("nowhere"),
            },
            use => Assert.Throws<ObjectDisposedException>(use));
    }

    [Fact]
    public void Equal_seeds_give_equal_weights_and_different_seeds_different_ones()
    {
        using TinyPolicy first = new(new TinyPolicyOptions { Seed = 5 });
        using TinyPolicy second = new(new TinyPolicyOptions { Seed = 5 });
        using TinyPolicy third = new(new TinyPolicyOptions { Seed = 6 });

        Assert.True(first.Parameters[0].Value.equal(second.Parameters[0].Value).all().item<bool>());
        Assert.False(first.Parameters[0].Value.equal(third.Parameters[0].Value).all().item<bool>());
    }

    [Fact]
    public void Every_parameter_gets_a_gradient()
    {
        using TinyPolicy policy = new();
        EncodedPrompt prompt = policy.Processor.Encode(VqaPrompt.Ask("What?", Red));
        using TokenStatistics statistics = policy.TokenLogProbabilities(
            [new PackedGroup(prompt, [[65, 256], [66, 67, 256]])], new TokenStatisticsOptions { WithEntropies = true });
        statistics.LogProbabilities.sum().backward();

        Assert.Equal([true, true, false, true, true, true], statistics.Mask.data<bool>().ToArray());
        Assert.Equal(0f, statistics.LogProbabilities[0, 2].item<float>());
        Assert.True(statistics.Entropies![1, 2].item<float>() > 0);
        Assert.All(policy.Parameters, parameter =>
            Assert.True(parameter.Value.grad!.abs().sum().item<float>() > 0, parameter.Key));
    }

    [Fact]
    public void Sequences_of_different_lengths_give_the_same_as_alone()
    {
        using TinyPolicy policy = new();
        using DisposeScope scope = NewDisposeScope();
        EncodedPrompt longer = policy.Processor.Encode(VqaPrompt.Ask("A longer question", Red));
        EncodedPrompt shorter = policy.Processor.Encode(VqaPrompt.Ask("Short", Blue));
        Tensor both = policy.SequenceLogProbabilities([longer, shorter]).LogProbabilities;
        Tensor alone = policy.SequenceLogProbabilities([shorter]).LogProbabilities;

        Assert.True(allclose(both[1].narrow(0, 0, alone.shape[1]), alone[0], rtol: 1e-5, atol: 1e-5));
        Assert.Equal(0f, both[1].narrow(0, alone.shape[1], both.shape[1] - alone.shape[1]).abs().sum().item<float>());
    }

    [Fact]
    public void A_saved_policy_can_be_loaded()
    {
        string folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            using TinyPolicy policy = new(new TinyPolicyOptions { Seed = 9, HiddenSize = 16 });
            policy.Save(folder);
            policy.Save(folder);
            using TinyPolicy loaded = TinyPolicy.Load(folder);
            Assert.All(policy.Parameters.Zip(loaded.Parameters), pair =>
                Assert.True(pair.First.Value.equal(pair.Second.Value).all().item<bool>(), pair.First.Key));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_frozen_copy_has_no_gradient_and_does_not_change()
    {
        using TinyPolicy policy = new();
        using IVisionLanguagePolicy copy = policy.CloneFrozen();
        using (no_grad())
        {
            policy.Parameters[0].Value.add_(1);
        }

        Assert.All(copy.Parameters, parameter => Assert.False(parameter.Value.requires_grad));
        Assert.True((policy.Parameters[0].Value - copy.Parameters[0].Value - 1).abs().max().item<float>() < 1e-5);
    }

    [Fact]
    public void Refuses_sizes_that_do_not_fit()
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(
            () => new TinyPolicy(new TinyPolicyOptions { HiddenSize = 10, HeadCount = 4 }));
        Assert.Contains("HiddenSize is 10 and HeadCount 4", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_an_empty_prompt()
    {
        Assert.Throws<InvalidPromptException>(() => new TinyProcessor().Encode(VqaPrompt.Ask("")));
    }

    private static PixelImageSource Image(string name, byte red, byte green, byte blue)
    {
        byte[] pixels = [.. Enumerable.Range(0, 64).SelectMany(_ => new[] { red, green, blue })];
        return new PixelImageSource(name, new RgbImage(8, 8, pixels));
    }
}
