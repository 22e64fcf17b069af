using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL.Tests;

public sealed class InvarianceTests
{
    private static readonly TokenStatisticsOptions _plain = new();

    [Theory]
    [InlineData(Qwen2VLFamily.Qwen2VL, true, false, 0)]
    [InlineData(Qwen2VLFamily.Qwen2VL, true, true, 0)]
    [InlineData(Qwen2VLFamily.Qwen2VL, true, false, 9)]
    [InlineData(Qwen2VLFamily.Qwen2VL, false, false, 0)]
    [InlineData(Qwen2VLFamily.Qwen25VL, true, false, 0)]
    [InlineData(Qwen2VLFamily.Qwen25VL, true, true, 9)]
    public void Cached_decoding_equals_one_pass_over_everything(
        Qwen2VLFamily family, bool tied, bool byTensors, int prefix)
    {
        using Qwen2VLPolicy policy = TinyModel.Create(family, tied: tied);
        policy.DecodesByTensors = byTensors;
        PackedGroup[] groups = Mixed(4, prefix);
        using DisposeScope scope = NewDisposeScope();
        using TokenStatistics whole = policy.TokenLogProbabilities(groups, _plain);
        TinyModel.Near(whole.LogProbabilities.Values(), CachedLogProbabilities(policy, groups));
    }

    [Fact]
    public void A_cache_can_be_reused()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        PackedGroup[] groups = Mixed(3);
        using DisposeScope scope = NewDisposeScope();
        using GroupDecoding decoding = new(policy, groups.Length, 2, 40, 8);
        EncodedPrompt[] prompts = [.. groups.Select(group => group.Prompt)];
        float[] first = decoding.Prefill(prompts).Values();
        float[] second = decoding.Decode(zeros(8, dtype: ScalarType.Int64)).Values();
        decoding.Decode(ones(8, dtype: ScalarType.Int64));
        Assert.Equal(first, decoding.Prefill(prompts).Values());
        Assert.Equal(second, decoding.Decode(zeros(8, dtype: ScalarType.Int64)).Values());
    }

    [Theory]
    [InlineData(Qwen2VLFamily.Qwen2VL, 0)]
    [InlineData(Qwen2VLFamily.Qwen2VL, 9)]
    [InlineData(Qwen2VLFamily.Qwen25VL, 0)]
    [InlineData(Qwen2VLFamily.Qwen25VL, 9)]
    public void Prompts_in_a_batch_give_the_same_as_alone(Qwen2VLFamily family, int prefix)
    {
        using Qwen2VLPolicy policy = TinyModel.Create(family);
        EncodedPrompt[] prompts = [.. Mixed(1, prefix).Select(group => group.Prompt)];
        RowsAlone.AssertPromptBits(policy, prompts);
    }

    // Attention of the long prompt uses another operator, whose bits would reach the short one through a common prefix.
    [Theory]
    [InlineData(300, 40)]
    [InlineData(40, 300)]
    [InlineData(290, 300)]
    public void A_prompt_gives_the_same_bits_next_to_a_long_one_with_the_same_beginning(params int[] lengths)
    {
        Qwen2VLConfiguration configuration = TinyModel.Configuration();
        using Qwen2VLPolicy policy = Qwen2VLPolicy.CreateRandom(
            configuration with { Text = configuration.Text with { ContextLength = 512 } }, TinyModel.Processor(), 1, CPU,
            ScalarType.Float32);
        EncodedPrompt[] prompts = [.. lengths.Select((length, seed) =>
            new EncodedPrompt([.. TinyModel.Words(30, 77), .. TinyModel.Words(length - 30, seed)], []))];
        RowsAlone.AssertPromptBits(policy, prompts);
    }

    // The last bits of libtorch's products may depend on the address of a matrix of odd size.
    [Fact]
    [Trait("Tier", "Slow")]
    public void Long_prompts_of_odd_lengths_give_the_same_bits_in_a_batch() =>
        A_prompt_gives_the_same_bits_next_to_a_long_one_with_the_same_beginning(301, 41, 299, 333);

    [Theory]
    [InlineData(Qwen2VLFamily.Qwen2VL, true, 0, false)]
    [InlineData(Qwen2VLFamily.Qwen2VL, true, 9, false)]
    [InlineData(Qwen2VLFamily.Qwen2VL, true, 9, true)]
    [InlineData(Qwen2VLFamily.Qwen25VL, false, 0, false)]
    [InlineData(Qwen2VLFamily.Qwen25VL, false, 9, false)]
    public void A_packed_batch_gives_values_and_gradients_of_each_row_alone(
        Qwen2VLFamily family, bool tied, int prefix, bool recomputes)
    {
        using Qwen2VLPolicy policy = TinyModel.Create(family, tied: tied);
        policy.Checkpointing.IsEnabled = recomputes;
        RowsAlone.AssertValuesAndGradients(policy, Mixed(4, prefix));
    }

    [Fact]
    public void Completions_of_one_token_need_only_the_prompt()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        EncodedPrompt prompt = TinyModel.Prompt(5, 1, TinyModel.Image(4, 4, 1));
        using DisposeScope scope = NewDisposeScope();
        TokenStatistics statistics = policy.TokenLogProbabilities([new PackedGroup(prompt, [[7], [9]])], _plain);
        using GroupDecoding decoding = new(policy, 1, 1, 40, 1);
        Tensor expected = decoding.Prefill([prompt]).log_softmax(-1);
        TinyModel.Near([expected[0, 7].item<float>(), expected[0, 9].item<float>()],
            statistics.LogProbabilities.Values());
        Assert.Equal([2L, 1L], statistics.LogProbabilities.shape);
    }

    [Fact]
    public void The_same_image_twice_is_encoded_once_and_gives_its_features_twice()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        EncodedImage image = TinyModel.Image(4, 8, 1);
        EncodedImage other = TinyModel.Image(4, 4, 2);
        using DisposeScope scope = NewDisposeScope();
        Tensor features = policy.EncodeImages(
            [TinyModel.Prompt(2, 1, image), TinyModel.Prompt(2, 2), TinyModel.Prompt(2, 3, other, image)])!;
        Assert.Equal([8L + 4 + 8, 32L], features.shape);
        Assert.Equal(features.narrow(0, 0, 8).Values(), features.narrow(0, 12, 8).Values());
        TinyModel.Near(policy.EncodeImages([TinyModel.Prompt(2, 1, other)])!.Values(),
            features.narrow(0, 8, 4).Values());
    }

    [Fact]
    public void Prompts_without_images_give_no_features()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        Assert.Null(policy.EncodeImages([TinyModel.Prompt(3, 1)]));
    }

    [Fact]
    public void Suppressed_tokens_are_excluded_from_the_softmax_after_the_temperature()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        EncodedPrompt prompt = TinyModel.Prompt(5, 1);
        int[] suppressed = [.. policy.SuppressedTokenIds];
        Assert.Contains(TinyModel.ImageToken, suppressed);
        using DisposeScope scope = NewDisposeScope();
        TokenStatistics statistics = policy.TokenLogProbabilities(
            [new PackedGroup(prompt, [[7], [suppressed[0]]])],
            new TokenStatisticsOptions { Temperature = 0.7, SuppressedTokenIds = suppressed, WithEntropies = true });
        using GroupDecoding decoding = new(policy, 1, 1, 40, 1);
        double[] scores = [.. decoding.Prefill([prompt]).Values().Select((logit, token) =>
            suppressed.Contains(token) ? double.NegativeInfinity : logit / 0.7)];
        double normaliser = Math.Log(scores.Sum(Math.Exp));
        double entropy =
            -scores.Where(double.IsFinite).Sum(score => Math.Exp(score - normaliser) * (score - normaliser));
        TinyModel.Near([(float)(scores[7] - normaliser), float.NegativeInfinity], statistics.LogProbabilities.Values());
        TinyModel.Near([(float)entropy, (float)entropy], statistics.Entropies!.Values());
        Assert.False(statistics.Entropies!.requires_grad);
    }

    [Fact]
    public void Entropies_have_a_gradient_on_request_and_stay_finite_with_suppressed_tokens()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        using DisposeScope scope = NewDisposeScope();
        TokenStatistics statistics = policy.TokenLogProbabilities(
            [new PackedGroup(TinyModel.Prompt(5, 1), [[7, 8]])],
            new TokenStatisticsOptions
            {
                SuppressedTokenIds = policy.SuppressedTokenIds, WithEntropies = true, WithEntropyGradient = true,
            });
        statistics.Entropies!.sum().backward();
        Assert.All(RowsAlone.TakeGradients(policy).Values, gradient =>
            Assert.All(gradient, value => Assert.True(float.IsFinite(value))));
    }

    [Fact]
    public void A_frozen_copy_gives_the_same_and_has_no_gradient()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        using IVisionLanguagePolicy copy = policy.CloneFrozen();
        PackedGroup[] groups = Mixed(2);
        using DisposeScope scope = NewDisposeScope();
        float[] before = policy.TokenLogProbabilities(groups, _plain).LogProbabilities.Values();
        Assert.Equal(before, copy.TokenLogProbabilities(groups, _plain).LogProbabilities.Values());
        Assert.All(copy.Parameters, entry => Assert.False(entry.Value.requires_grad));
        using (IDisposable noGradient = no_grad())
        {
            policy.Parameters[0].Value.add_(1);
        }

        Assert.Equal(before, copy.TokenLogProbabilities(groups, _plain).LogProbabilities.Values());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    public void Sampler_and_trainer_agree_in_bfloat16_within_its_rounding(int prefix)
    {
        using Qwen2VLPolicy policy = TinyModel.Create(dataType: ScalarType.BFloat16);
        PackedGroup[] groups = Mixed(4, prefix);
        using DisposeScope scope = NewDisposeScope();
        float[] whole = policy.TokenLogProbabilities(groups, _plain).LogProbabilities.Values();
        float[] cached = CachedLogProbabilities(policy, groups);
        float[] errors = [.. whole.Zip(cached, (left, right) => Math.Abs(left - right))];
        Assert.True(errors.Average() < 0.05, $"mean {errors.Average()}");
        // bfloat16 has a spacing of 2^-5 from 4 to 8; the tolerance is eight times that.
        Assert.True(errors.Max() < 0.25, $"largest {errors.Max()}");
    }

    // Two images, one image, and text alone, with different numbers and lengths of completions; all prompts begin with
    // the same number of common words.
    internal static PackedGroup[] Mixed(int samples, int prefix = 0)
    {
        EncodedImage shared = TinyModel.Image(4, 8, 1);
        EncodedPrompt[] prompts =
        [
            TinyModel.Prompt(4, 1, shared, TinyModel.Image(2, 4, 2)),
            TinyModel.Prompt(7, 2, TinyModel.Image(6, 4, 3)),
            TinyModel.Prompt(5, 3),
            TinyModel.Prompt(2, 4, shared),
        ];
        int[] beginning = TinyModel.Words(prefix, 77);
        return [.. prompts.Select((prompt, group) => new PackedGroup(
            prompt with { TokenIds = [.. beginning, .. prompt.TokenIds] }, [.. Enumerable.Range(0, Math.Max(1, samples - group))
                .Select(sample => TinyModel.Words(1 + (sample + group) % 5, sample))]))];
    }

    internal static float[] CachedLogProbabilities(IVisionLanguagePolicy policy, PackedGroup[] groups)
    {
        int samples = groups.Max(group => group.Completions.Count);
        int longest = groups.Max(group => group.Completions.Max(completion => completion.Count));
        IReadOnlyList<int>?[] rows = [.. groups.SelectMany(group =>
            Enumerable.Range(0, samples)
                .Select(sample => sample < group.Completions.Count ? group.Completions[sample] : null))];
        using GroupDecoding decoding = new(policy, groups.Length, samples, 50, longest);
        Tensor logits = decoding.Prefill([.. groups.Select(group => group.Prompt)]).repeat_interleave(samples, 0);
        var result = new float[rows.Length, longest];
        for (int step = 0; step < longest; step++)
        {
            Tensor logProbabilities = logits.log_softmax(-1);
            long[] tokens = [.. rows.Select(row => row is not null && step < row.Count ? (long)row[step] : 0)];
            for (int row = 0; row < rows.Length; row++)
            {
                result[row, step] =
                    rows[row] is { } real && step < real.Count ? logProbabilities[row, tokens[row]].item<float>() : 0;
            }

            if (step < longest - 1)
                logits = decoding.Decode(tensor(tokens));
        }

        return [.. Enumerable.Range(0, rows.Length).Where(row => rows[row] is not null)
            .SelectMany(row => Enumerable.Range(0, longest).Select(step => result[row, step]))];
    }
}
