using MedR1.Losses;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.TestSupport;
using static TorchSharp.torch;

namespace MedR1.Training.Tests;

/// <summary>Images are encoded once for policy and reference if both get the same features; no result changes.</summary>
public sealed class SharedVisionTests : IDisposable
{
    private static readonly LoraOptions DecoderOnly = new() { Rank = 2, TargetModules = ModuleSelection.Of("q_proj", "down_proj") };
    private readonly Qwen2VLPolicy _base = SmallQwen.Load();

    [Fact]
    public void An_adapter_without_tower_modules_shares_image_features()
    {
        using LoraPolicy decoder = LoraPolicy.Create(_base, DecoderOnly, seed: 1);
        using LoraPolicy everywhere = SmallQwen.Adapt(_base, dropout: 0);
        using LoraPolicy merger = LoraPolicy.Create(_base, DecoderOnly with { ModulesToSave = ["merger"] }, seed: 1);
        using Qwen2VLPolicy other = SmallQwen.Load();
        using LoraPolicy elsewhere = LoraPolicy.Create(other, DecoderOnly, seed: 1);

        Assert.True(decoder.SharesVisionWith(decoder.Reference));
        Assert.True(decoder.SharesVisionWith(_base));
        Assert.True(decoder.SharesVisionWith(decoder.CloneFrozen()));
        Assert.False(decoder.SharesVisionWith(everywhere));
        Assert.False(everywhere.SharesVisionWith(everywhere.Reference));
        Assert.False(merger.SharesVisionWith(merger.Reference));
        Assert.False(decoder.SharesVisionWith(elsewhere));
    }

    [Fact]
    public void A_frozen_tower_with_equal_weights_shares_image_features()
    {
        using IVisionLanguagePolicy copy = _base.CloneFrozen();
        Assert.False(_base.SharesVisionWith(copy));

        _base.Freeze(ModelPart.Vision);
        Assert.False(_base.SharesVisionWith(copy));

        _base.Freeze(ModelPart.Merger);
        Assert.True(_base.SharesVisionWith(copy));

        using (IDisposable noGradient = no_grad())
        {
            copy.Parameters.First(pair => pair.Key.StartsWith("visual.", StringComparison.Ordinal)).Value.add_(1e-6f);
        }

        Assert.False(_base.SharesVisionWith(copy));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_is_the_same_with_shared_image_features(bool isAdapter)
    {
        (double[][] apart, int none) = await RunAsync(isAdapter, shares: false);
        (double[][] shared, int given) = await RunAsync(isAdapter, shares: true);

        // Three steps of two passes each, for policy and reference.
        Assert.Equal((0, 12), (none, given));
        Assert.Equal(apart, shared);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_run_is_the_same_with_cached_image_features_and_releases_them(bool isAdapter, bool shares)
    {
        (double[][] without, _) = await RunAsync(isAdapter, shares, imageFeatureBytes: 0);
        (double[][] with, _) = await RunAsync(isAdapter, shares);

        // Bit for bit, because the memory available for features varies from run to run.
        Assert.Equal(without, with);
    }

    public void Dispose() => _base.Dispose();

    private static async Task<(double[][] Values, int Given)> RunAsync(
        bool isAdapter, bool shares, long? imageFeatureBytes = null)
    {
        using Qwen2VLPolicy policy = SmallQwen.Load();
        policy.Freeze(ModelPart.Vision, ModelPart.Merger);
        using LoraPolicy? lora = isAdapter ? LoraPolicy.Create(policy, DecoderOnly, seed: 1) : null;
        IVisionLanguagePolicy trained = lora is null ? policy : lora;
        using IVisionLanguagePolicy original = trained.CreateReference();
        Watch reference = new(original, shares);
        Watch watched = new(trained, shares, original);
        TrainingReport report = await new GrpoTrainerBuilder(watched)
            .UsePrompts(SmallQwen.Prompts(4))
            .UseReference(reference)
            .UseLoss(new GrpoLoss(GrpoLossOptions.MedR1 with { KlCoefficient = 0.1 }))
            .AddReward("varied", context => context.Completion.TokenIds.Sum() % 7)
            .Configure(options =>
            {
                options.GroupSize = 3;
                options.PromptsPerStep = 4;
                options.PromptsPerMicroBatch = 2;
                options.MaxSteps = 3;
                options.MaxNewTokens = 5;
                options.LearningRate = 1e-3;
                options.ImageFeatureCacheBytes = imageFeatureBytes ?? options.ImageFeatureCacheBytes;
            })
            .RunAsync();
        Assert.Equal(imageFeatureBytes == 0 ? "" : "begun, ended", watched.Keeping);
        double[][] values = [.. report.History.Select(metrics =>
            (double[])[metrics.Values["loss"], metrics.Values["kl"], metrics.Values["grad_norm"]])];
        Assert.True(values[^1][1] > 0);
        return (values, watched.Given + reference.Given);
    }

    /// <summary>Counts the passes that are given features, and may prevent sharing them.</summary>
    private sealed class Watch(IVisionLanguagePolicy policy, bool shares, IVisionLanguagePolicy? reference = null)
        : DelegatingPolicy(policy)
    {
        public int Given { get; private set; }

        public string Keeping { get; private set; } = "";

        public override bool SharesVisionWith(IVisionLanguagePolicy other) =>
            shares && base.SharesVisionWith(reference ?? other);

        public override IDisposable? CacheImageFeatures(long maxBytes)
        {
            IDisposable cache = base.CacheImageFeatures(maxBytes)!;
            Keeping += "begun";
            return new Ending(() =>
            {
                cache.Dispose();
                Keeping += ", ended";
            });
        }

        public override TokenStatistics TokenLogProbabilities(
            IReadOnlyList<PackedGroup> groups, TokenStatisticsOptions options, Tensor? imageFeatures = null)
        {
            Given += imageFeatures is null ? 0 : 1;
            return base.TokenLogProbabilities(groups, options, imageFeatures);
        }
    }

    private sealed class Ending(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
