using Microsoft.Extensions.Options;

namespace MedR1.Training.Tests;

/// <summary>The least and greatest values of options are valid, and those just beyond are one mistake each.</summary>
public sealed class OptionLimitsTests
{
    [Fact]
    public void The_least_values_are_valid()
    {
        GrpoTrainerOptions options = new()
        {
            GroupSize = 2, PromptsPerStep = 1, PromptsPerMicroBatch = 1, StepsPerGeneration = 1, Iterations = 1, MaxSteps = 1,
            LearningRate = 1e-30, Warmup = 0, WeightDecay = 0, MaxGradientNorm = 0, Temperature = 1e-30, MaxNewTokens = 1, TopK = 1,
            MaxPromptTokens = 1, OutputFolder = "x", SaveInterval = 0, KeepLast = 1, KeepInterval = 0, EvaluationInterval = 0,
            LogInterval = 1, PromptCacheBytes = 0, ImageFeatureCacheBytes = 0, RewardTimeout = TimeSpan.FromTicks(1),
            MaxParallelRewards = 1, DynamicSampling = new() { MaxRounds = 1 }, Replay = new() { Capacity = 1, MaxAge = 1 },
            ReferenceSync = new() { Interval = 1, Mixup = 1 },
        };
        Assert.Empty(MistakesOf(options));
        Assert.True(new PpoTrainerOptionsValidator().Validate(null, new PpoTrainerOptions { GroupSize = 1 }).Succeeded);
        Assert.True(new SftTrainerOptionsValidator().Validate(
            null, new SftTrainerOptions { ExamplesPerStep = 1, ExamplesPerMicroBatch = 1 }).Succeeded);
    }

    public static TheoryData<string, Action<GrpoTrainerOptions>> Beyond => new()
    {
        { "GroupSize", options => options.GroupSize = 1 },
        { "PromptsPerStep", options => options.PromptsPerStep = 0 },
        { "PromptsPerMicroBatch", options => options.PromptsPerMicroBatch = 0 },
        { "PromptsPerMicroBatch", options => (options.PromptsPerStep, options.PromptsPerMicroBatch) = (4, 5) },
        { "MaxSteps", options => options.MaxSteps = -1 },
        { "Epochs", options => options.Epochs = double.PositiveInfinity },
        { "LearningRate", options => options.LearningRate = 0 },
        { "Schedule", options => options.Schedule = (LearningRateDecay)99 },
        { "Warmup", options => options.Warmup = double.PositiveInfinity },
        { "MaxGradientNorm", options => options.MaxGradientNorm = double.PositiveInfinity },
        { "SaveInterval", options => (options.OutputFolder, options.SaveInterval) = ("x", -1) },
        { "KeepInterval", options => (options.OutputFolder, options.KeepLast, options.KeepInterval) = ("x", 1, -1) },
        { "PromptCacheBytes", options => options.PromptCacheBytes = -1 },
        { "ImageFeatureCacheBytes", options => options.ImageFeatureCacheBytes = -1 },
        { "Temperature", options => options.Temperature = double.PositiveInfinity },
        { "TokenDivisor", options => options.TokenDivisor = (TokenDivisor)9 },
        { "RewardTimeout", options => options.RewardTimeout = TimeSpan.FromDays(20) },
        { "DynamicSampling", options => options.DynamicSampling = new() { MaxRounds = 0 } },
        { "Replay", options => options.Replay = new() { Capacity = 0 } },
        { "Replay", options => options.Replay = new() { MaxAge = 0 } },
        { "ReferenceSync", options => options.ReferenceSync = new() { Interval = 0 } },
        { "ReferenceSync", options => options.ReferenceSync = new() { Mixup = 0 } },
        { "ReferenceSync", options => options.ReferenceSync = new() { Mixup = 1.01 } },
        { "Beta1", options => options.Optimizer = new() { Beta1 = 1 } },
        { "Cycles", options => options.ScheduleOptions = new() { Cycles = 2 } },
    };

    [Theory]
    [MemberData(nameof(Beyond))]
    public void A_value_beyond_is_one_mistake(string option, Action<GrpoTrainerOptions> set)
    {
        GrpoTrainerOptions options = new();
        set(options);
        Assert.StartsWith(option + " is ", Assert.Single(MistakesOf(options)));
    }

    private static IEnumerable<string> MistakesOf(GrpoTrainerOptions options)
    {
        ValidateOptionsResult result = new GrpoTrainerOptionsValidator().Validate(null, options);
        return result.Failures ?? [];
    }
}
