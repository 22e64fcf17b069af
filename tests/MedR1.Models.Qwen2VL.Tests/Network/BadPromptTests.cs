using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL.Tests;

public sealed class BadPromptTests
{
    private static readonly TokenStatisticsOptions _plain = new();

    [Fact]
    public void Rejects_an_empty_prompt() => Rejects(new EncodedPrompt([], []), "empty");

    [Fact]
    public void Rejects_a_prompt_longer_than_the_context_with_both_counts() =>
        Rejects(TinyModel.Prompt(65, 1), "65 tokens", "context length is 64");

    [Fact]
    public void Rejects_tokens_that_the_model_does_not_have() =>
        Rejects(new EncodedPrompt([1, 320], []), "Token 1", "320", "0 to 319");

    [Fact]
    public void Rejects_a_placeholder_without_an_image() =>
        Rejects(new EncodedPrompt([1, TinyModel.ImageToken, 2], []), "only 0 images");

    [Fact]
    public void Rejects_an_image_without_a_placeholder() =>
        Rejects(new EncodedPrompt([1, 2], [TinyModel.Image(2, 2, 1)]), "1 images", "placeholders for 0");

    [Fact]
    public void Rejects_too_few_placeholders() => Rejects(
        new EncodedPrompt([1, TinyModel.ImageToken, TinyModel.ImageToken, 2], [TinyModel.Image(4, 4, 1)]), "4 features",
        "only 2");

    [Fact]
    public void Rejects_patches_of_a_different_size() => Rejects(
        new EncodedPrompt([TinyModel.ImageToken], [new EncodedImage(new ImageGrid(1, 2, 2), new float[4 * 95])]),
        "380 values", "384");

    [Theory]
    [InlineData(1, 3, 2)]
    [InlineData(1, 2, 3)]
    [InlineData(0, 2, 2)]
    [InlineData(1, 0, 2)]
    [InlineData(1, 2, 0)]
    public void Rejects_a_grid_that_does_not_merge(int frames, int rows, int columns)
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        var prompt = new EncodedPrompt(
            [TinyModel.ImageToken], [new EncodedImage(new ImageGrid(frames, rows, columns), new float[frames * rows * columns * 96])]);
        Assert.Throws<InvalidPromptException>(() => policy.EncodeImages([prompt]));
    }

    [Fact]
    public void Rejects_groups_without_completions_and_completions_without_tokens()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        EncodedPrompt prompt = TinyModel.Prompt(3, 1);
        Assert.Throws<InvalidPromptException>(() =>
            policy.TokenLogProbabilities([new PackedGroup(prompt, [])], _plain));
        Assert.Throws<InvalidPromptException>(() =>
            policy.TokenLogProbabilities([new PackedGroup(prompt, [[1], []])], _plain));
        Assert.Throws<InvalidPromptException>(
            () => policy.TokenLogProbabilities([new PackedGroup(prompt, [TinyModel.Words(62, 1)])], _plain));
        Assert.Throws<InvalidPromptException>(() => policy.TokenLogProbabilities([], _plain));
    }

    [Fact]
    public void An_empty_full_or_too_small_cache_is_refused_with_the_reason()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        using DisposeScope scope = NewDisposeScope();
        using IKeyValueCache cache = policy.CreateCache(1, 2, 4, 1);
        Tensor tokens = zeros(2, dtype: ScalarType.Int64);
        DecodeRow[] rows = [new(0, 0, 0), new(0, 1, 0)];
        Assert.Throws<InvalidOperationException>(() => policy.Decode(tokens, rows, cache));
        Assert.Throws<InvalidPromptException>(() => policy.Prefill([TinyModel.Prompt(5, 1)], [0], cache));
        policy.Prefill([TinyModel.Prompt(3, 1)], [0], cache);
        policy.Decode(tokens, rows, cache);
        DecodeRow[] further = [new(0, 0, 1), new(0, 1, 1)];
        Assert.Throws<InvalidOperationException>(() => policy.Decode(tokens, further, cache));
    }

    [Fact]
    public void A_prompt_that_failed_leaves_its_slot_empty()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        using DisposeScope scope = NewDisposeScope();
        using IKeyValueCache cache = policy.CreateCache(1, 1, 20, 1);
        EncodedPrompt prompt = TinyModel.Prompt(3, 1, TinyModel.Image(4, 4, 1));
        Assert.Throws<ArgumentException>(() => policy.Prefill([prompt], [0], cache, imageFeatures: zeros(3, 32)));
        Assert.Throws<InvalidOperationException>(
            () => policy.Decode(zeros(1, dtype: ScalarType.Int64), [new(0, 0, 0)], cache));
    }

    // An image of 4 x 4 patches has 4 tokens; the tiny model has hidden states of 32 numbers.
    [Theory]
    [InlineData(new long[] { 3, 32 })]
    [InlineData(new long[] { 4, 16 })]
    [InlineData(new long[] { 4, 32, 1 })]
    public void Features_of_a_different_shape_are_refused(long[] shape)
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        using DisposeScope scope = NewDisposeScope();
        using IKeyValueCache cache = policy.CreateCache(1, 1, 20, 1);
        EncodedPrompt prompt = TinyModel.Prompt(3, 1, TinyModel.Image(4, 4, 1));
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => policy.Prefill([prompt], [0], cache, imageFeatures: zeros(shape)));
        Assert.Contains($"[{string.Join(", ", shape)}], but the prompts' images need [4, 32]", error.Message);
    }

    [Fact]
    public void Invalid_slots_are_named()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        using DisposeScope scope = NewDisposeScope();
        using IKeyValueCache cache = policy.CreateCache(2, 2, 4, 3);
        EncodedPrompt prompt = TinyModel.Prompt(3, 1);
        Says("2", () => policy.Prefill([prompt, prompt], [0], cache));
        Says("1, 1", () => policy.Prefill([prompt, prompt], [1, 1], cache));
        Says("0 to 1", () => policy.Prefill([prompt], [2], cache));
        policy.Prefill([prompt, prompt], [0, 1], cache);
        Tensor tokens = zeros(2, dtype: ScalarType.Int64);
        Says("[2]", () => policy.Decode(zeros(3, dtype: ScalarType.Int64), [new(0, 0, 0), new(0, 1, 0)], cache));
        Says("RowSlot = 1", () => policy.Decode(tokens, [new(0, 1, 0), new(1, 1, 0)], cache));
        Says("PromptSlot = 2", () => policy.Decode(tokens, [new(0, 0, 0), new(2, 1, 0)], cache));

        static void Says(string text, Action action) =>
            Assert.Contains(text, Assert.Throws<ArgumentException>(action).Message, StringComparison.Ordinal);
    }

    private static void Rejects(EncodedPrompt prompt, params string[] said)
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        using IKeyValueCache cache = policy.CreateCache(1, 1, 100, 1);
        InvalidPromptException error = Assert.Throws<InvalidPromptException>(() => policy.Prefill([prompt], [0], cache));
        Assert.All(said, words => Assert.Contains(words, error.Message, StringComparison.Ordinal));
    }
}
