using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL.Tests;

/// <summary>An image whose features can't change is encoded once, and its features are those of the tower.</summary>
[Collection(nameof(LeakTests))]
public sealed class ImageFeatureCacheTests : IDisposable
{
    // An image of 4 x 4 patches: 4 tokens of 32 float32.
    private const long BytesOfOne = 4 * 32 * sizeof(float);

    private readonly Qwen2VLPolicy _policy = TinyModel.Create();

    public ImageFeatureCacheTests() => _policy.Freeze(ModelPart.Vision, ModelPart.Merger);

    private int Computed => _policy.Runner.Images.Cache!.ComputedCount;

    public void Dispose() => _policy.Dispose();

    [Theory]
    [InlineData(Qwen2VLFamily.Qwen2VL)]
    [InlineData(Qwen2VLFamily.Qwen25VL)]
    public void Features_of_an_image_are_the_same_bit_for_bit_in_any_batch(Qwen2VLFamily family)
    {
        using Qwen2VLPolicy policy = TinyModel.Create(family);
        policy.Freeze(ModelPart.Vision, ModelPart.Merger);
        EncodedImage[] images = [TinyModel.Image(4, 4, 1), TinyModel.Image(8, 4, 2), TinyModel.Image(4, 6, 3)];
        float[] alone = [.. images.SelectMany(image => Features(policy, image))];
        float[] together = Features(policy, images);

        using IDisposable? cache = policy.CacheImageFeatures(1 << 20);
        Features(policy, images[1]);
        Assert.Equal(alone, Features(policy, images));
        Assert.Equal(alone, Features(policy, images));
        TinyModel.Near(together, alone);
        Assert.Equal(3, policy.Runner.Images.Cache!.ComputedCount);
    }

    [Fact]
    public void Equal_images_share_features_whoever_opened_them()
    {
        using IDisposable? cache = _policy.CacheImageFeatures(1 << 20);
        float[] first = Features(_policy, TinyModel.Image(4, 4, 1), TinyModel.Image(4, 4, 1));
        Assert.Equal(first[..(first.Length / 2)], Features(_policy, TinyModel.Image(4, 4, 1)));
        Assert.Equal(1, Computed);

        EncodedImage turned = TinyModel.Image(4, 4, 1) with { Grid = new ImageGrid(1, 2, 8) };
        Features(_policy, turned);
        Assert.Equal(2, Computed);
    }

    [Fact]
    public void Passes_use_kept_features_and_give_the_same_result()
    {
        PackedGroup[] groups = InvarianceTests.Mixed(2);
        float[] expected = LogProbabilities();
        using IDisposable? cache = _policy.CacheImageFeatures(1 << 20);
        TinyModel.Near(expected, LogProbabilities());
        int computed = Computed;
        Assert.True(computed > 0);
        TinyModel.Near(expected, LogProbabilities());
        Assert.Equal(computed, Computed);

        float[] LogProbabilities()
        {
            using TokenStatistics statistics = _policy.TokenLogProbabilities(groups, new TokenStatisticsOptions());
            Assert.True(statistics.LogProbabilities.requires_grad);
            return statistics.LogProbabilities.Values();
        }
    }

    [Fact]
    public void The_least_recently_used_features_are_evicted_at_the_limit_in_bytes()
    {
        using IDisposable? cache = _policy.CacheImageFeatures(2 * BytesOfOne);
        foreach (int seed in new[] { 1, 2, 1, 3, 1, 2 })
        {
            Features(_policy, TinyModel.Image(4, 4, seed));
        }

        Assert.Equal(4, Computed);
        Assert.Equal(2 * BytesOfOne, _policy.Runner.Images.Cache!.ByteSize);

        // More than fits, in one call: all are returned.
        EncodedImage[] many = [.. Enumerable.Range(10, 5).Select(seed => TinyModel.Image(4, 4, seed))];
        Assert.Equal(5 * 4 * 32, Features(_policy, many).Length);
        Assert.Equal(2 * BytesOfOne, _policy.Runner.Images.Cache!.ByteSize);
        Features(_policy, TinyModel.Image(8, 8, 1));
        Assert.Equal(2 * BytesOfOne, _policy.Runner.Images.Cache!.ByteSize);
    }

    [Fact]
    public void Nothing_is_kept_for_a_trained_tower()
    {
        using Qwen2VLPolicy learning = TinyModel.Create();
        Assert.Null(learning.CacheImageFeatures(1 << 20));
        learning.Freeze(ModelPart.Vision);
        Assert.Null(learning.CacheImageFeatures(1 << 20));

        using IDisposable? cache = _policy.CacheImageFeatures(1 << 20);
        EncodedImage image = TinyModel.Image(4, 4, 1);
        float[] before = Features(_policy, image);
        Parameter weight = _policy.Parameters.First(pair => _policy.PartOf(pair.Key) == ModelPart.Merger).Value;
        weight.requires_grad = true;
        using (IDisposable noGradient = no_grad())
        {
            weight.mul_(1.5f);
        }

        float[] after = Features(_policy, image);
        Assert.NotEqual(before, after);
        weight.requires_grad = false;
        Assert.Equal(after, Features(_policy, image));
    }

    [Fact]
    public void An_adapter_on_the_tower_keeps_nothing_and_one_elsewhere_uses_the_bases()
    {
        EncodedImage image = TinyModel.Image(4, 4, 1);
        EncodedPrompt[] prompts = [TinyModel.Prompt(3, 1, image)];
        using LoraPolicy decoder = LoraPolicy.Create(
            _policy, new LoraOptions { Rank = 2, TargetModules = ModuleSelection.Of("q_proj") }, seed: 1);
        using LoraPolicy tower = LoraPolicy.Create(
            _policy, new LoraOptions { Rank = 2, TargetModules = ModuleSelection.Of("qkv") }, seed: 1);
        using (IDisposable noGradient = no_grad())
        {
            foreach ((_, Parameter parameter) in tower.AdapterParameters)
            {
                parameter.add_(0.1f);
            }
        }

        using IDisposable asWhileSampling = no_grad();
        using Tensor adapted = tower.EncodeImages(prompts)!;
        Assert.Null(tower.CacheImageFeatures(1 << 20));
        using IDisposable? cache = decoder.CacheImageFeatures(1 << 20);
        float[] plain = Features(_policy, image);
        using Tensor ofDecoder = decoder.EncodeImages(prompts)!;
        using Tensor ofTower = tower.EncodeImages(prompts)!;

        Assert.Equal(1, Computed);
        Assert.Equal(plain, ofDecoder.Values());
        Assert.Equal(adapted.Values(), ofTower.Values());
        Assert.NotEqual(plain, ofTower.Values());
    }

    [Fact]
    public void A_nested_call_begins_nothing_and_the_end_frees_everything()
    {
        EncodedImage image = TinyModel.Image(4, 4, 1);
        IDisposable? cache = _policy.CacheImageFeatures(1 << 20);
        Assert.NotNull(cache);
        Assert.Null(_policy.CacheImageFeatures(1 << 20));
        Features(_policy, image, TinyModel.Image(4, 4, 2));
        Features(_policy, image);
        Assert.Equal(2, Computed);

        // Garbage of other tests may be collected meanwhile: at least the two are freed.
        long held = Tensor.TotalCount;
        cache.Dispose();
        Assert.InRange(Tensor.TotalCount, 0, held - 2);
        Features(_policy, image);
        Assert.Equal(2, Computed);

        using IDisposable? again = _policy.CacheImageFeatures(1);
        Assert.NotNull(again);
        Assert.Throws<ArgumentOutOfRangeException>(() => _policy.CacheImageFeatures(0));
    }

    [Fact]
    public void Prompts_without_images_have_no_features()
    {
        using IDisposable? cache = _policy.CacheImageFeatures(1 << 20);
        Assert.Null(_policy.EncodeImages([TinyModel.Prompt(3, 1)]));
    }

    private static float[] Features(Qwen2VLPolicy policy, params EncodedImage[] images)
    {
        using IDisposable noGradient = no_grad();
        using Tensor features = policy.EncodeImages([TinyModel.Prompt(3, 1, images)])!;
        return features.Values();
    }
}
