using MedR1.Losses;
using MedR1.Testing;

namespace MedR1.Training.Tests;

public sealed class GrpoTrainerBuilderTests : IDisposable
{
    private readonly TinyPolicy _policy = TestData.Policy();

    [Fact]
    public void Every_mistake_is_reported_at_once_with_the_call_that_fixes_it()
    {
        GrpoTrainerBuilder builder = new GrpoTrainerBuilder(_policy)
            .UseReference(_policy)
            .UseAdvantages(new AdvantageOptions { Epsilon = -1 })
            .AddReward("same", _ => 1)
            .AddReward("same", _ => 2)
            .Configure(options =>
            {
                options.GroupSize = 1;
                options.PromptsPerStep = 2;
                options.PromptsPerMicroBatch = 3;
                options.StepsPerGeneration = 0;
                options.Iterations = 0;
                options.MaxSteps = 0;
                options.LearningRate = double.NaN;
                options.Warmup = -1;
                options.WeightDecay = -1;
                options.MaxGradientNorm = -1;
                options.Temperature = 0;
                options.MaxNewTokens = 100_000;
                options.TopK = 0;
                options.TopP = 0;
                options.MinP = 1.5;
                options.RepetitionPenalty = 0;
                options.SaveInterval = 5;
                options.LogInterval = 0;
                options.RewardTimeout = TimeSpan.Zero;
                options.MaxParallelRewards = 0;
                options.IsFrozen = _ => true;
            })
            .Configure(_ => throw new InvalidOperationException("from a lambda"));

        TrainerConfigurationException exception = Assert.Throws<TrainerConfigurationException>(builder.Build);

        string[] expected =
        [
            "Configure threw InvalidOperationException: from a lambda",
            "MaxSteps is 0", "LearningRate is NaN", "Warmup is -1", "WeightDecay is -1", "MaxGradientNorm is -1",
            "OutputFolder is null, but SaveInterval 5 needs a folder", "LogInterval is 0",
            "GroupSize is 1", "PromptsPerMicroBatch is 3", "StepsPerGeneration is 0", "Iterations is 0",
            "Temperature is 0", "TopK is 0", "TopP is 0", "MinP is 1.5", "RepetitionPenalty is 0", "RewardTimeout is 00:00:00",
            "MaxParallelRewards is 0", "There is no data: .UseDataset",
            "There is no prompt template for the examples: .UsePrompt", "2 rewards are named 'same'",
            "Every parameter is frozen",
            "MaxNewTokens is 100000", "The reference is the policy itself", "Epsilon is -1",
        ];
        Assert.Equal(expected.Length, exception.Errors.Count);
        Assert.All(expected.Zip(exception.Errors), pair => Assert.Contains(pair.First, pair.Second));
        Assert.All(exception.Errors.Skip(1), mistake => Assert.Matches(@"\.(Use|Add|Configure)", mistake));
        Assert.Contains("26 mistakes", exception.Message);
    }

    [Fact]
    public void A_trainer_accepts_the_options_that_a_sampler_accepts()
    {
        Runs.Small(_policy, options => (options.TopK, options.MinP) = (1, 1)).Build().Dispose();
    }

    // The largest float32 is 3.4e38, and the sampler divides logits by no less than 1e-30.
    [Fact]
    public void Numbers_that_float32_does_not_hold_are_mistakes()
    {
        TrainerConfigurationException exception = Assert.Throws<TrainerConfigurationException>(() => Runs.Small(
            _policy, options => (options.LearningRate, options.WeightDecay, options.Temperature) = (1e39, 1e39, 1e-40)).Build());

        Assert.Equal(3, exception.Errors.Count);
        Assert.StartsWith("LearningRate is 1E+39, but it must be above 0 and a number that float32 holds", exception.Errors[0]);
        Assert.StartsWith("WeightDecay is 1E+39, but it must be 0 or more and a number that float32 holds", exception.Errors[1]);
        Assert.StartsWith("Temperature is 1E-40; use 1E-30 to 1E+30", exception.Errors[2]);
    }

    // The tiny policy has 260 tokens.
    [Fact]
    public void Tokens_and_texts_that_a_sampler_refuses_are_mistakes()
    {
        TrainerConfigurationException exception = Assert.Throws<TrainerConfigurationException>(() => Runs.Small(
            _policy, options => (options.SuppressedTokenIds, options.StopStrings) = ([7, 260], [""])).Build());

        Assert.Equal(2, exception.Errors.Count);
        Assert.StartsWith("StopStrings contains an empty string", exception.Errors[0]);
        Assert.StartsWith("SuppressedTokenIds contains 260; the model's token ids are 0 to 259.", exception.Errors[1]);
        Assert.All(exception.Errors, mistake => Assert.Contains(".Configure(options => options.", mistake));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData(" ", 5)]
    public void An_output_folder_without_a_name_is_a_mistake(string folder, int interval)
    {
        GrpoTrainerBuilder builder = Runs.Small(
            _policy, options => (options.OutputFolder, options.SaveInterval) = (folder, interval));

        Assert.StartsWith(
            $"OutputFolder is '{folder}', but that is not a folder name",
            Assert.Single(Assert.Throws<TrainerConfigurationException>(builder.Build).Errors));
    }

    [Fact]
    public void A_builder_that_failed_can_be_corrected_and_built_once()
    {
        GrpoTrainerBuilder builder = new GrpoTrainerBuilder(_policy).UsePrompts(TestData.Prompts(2));
        Assert.Contains(
            "There is no reward", Assert.Single(Assert.Throws<TrainerConfigurationException>(builder.Build).Errors));

        builder.AddReward("one", _ => 1).Configure(options => options.MaxNewTokens = 8).Build().Dispose();

        Assert.Throws<InvalidOperationException>(builder.Build);
        Assert.Throws<InvalidOperationException>(() => builder.AddReward("two", _ => 2));
        Assert.Throws<InvalidOperationException>(() => builder.UseLoss(new GrpoLoss(GrpoLossOptions.MedR1)));
    }

    [Fact]
    public void A_part_is_set_only_once()
    {
        GrpoTrainerBuilder builder = new GrpoTrainerBuilder(_policy).UsePrompts(TestData.Prompts(2));

        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(
            () => builder.UsePrompts(TestData.Prompts(3)));

        Assert.Contains("UsePrompts was already called", exception.Message);
    }

    [Fact]
    public void Prompts_and_a_data_set_exclude_each_other()
    {
        GrpoTrainerBuilder builder = new GrpoTrainerBuilder(_policy)
            .UsePrompts(TestData.Prompts(2)).UsePrompt(PromptTemplates.Plain).AddReward("one", _ => 1)
            .Configure(options => options.MaxNewTokens = 8);

        Assert.Contains(
            "keep .UsePrompts", Assert.Single(Assert.Throws<TrainerConfigurationException>(builder.Build).Errors));
    }

    [Fact]
    public void Options_are_copied_so_that_a_later_change_has_no_effect()
    {
        GrpoTrainerOptions? kept = null;
        using GrpoTrainer trainer = new GrpoTrainerBuilder(_policy)
            .UsePrompts(TestData.Prompts(2)).AddReward("one", _ => 1)
            .Configure(options =>
            {
                options.MaxNewTokens = 8;
                options.MaxSteps = 3;
                kept = options;
            })
            .Build();

        kept!.MaxSteps = 99;

        Assert.Equal(3, trainer.TotalSteps);
    }

    [Fact]
    public void The_defaults_are_those_of_med_r1()
    {
        GrpoTrainerOptions options = new();

        Assert.Equal((4, 4, 1e-6, 0.0, 1.0),
            (options.GroupSize, options.PromptsPerStep, options.LearningRate, options.Warmup, options.MaxGradientNorm));
        Assert.Equal((1.0, 256, 0.0, 1.0, 42L),
            (options.Temperature, options.MaxNewTokens, options.WeightDecay, options.Epochs, options.Seed));
        Assert.Equal(0.04, GrpoLossOptions.MedR1.KlCoefficient);
    }

    [Fact]
    public void The_defaults_of_the_supervised_run_are_those_of_med_r1s_baseline()
    {
        SftTrainerOptions options = new();

        Assert.Equal((128, 4, true), (options.ExamplesPerStep, options.ExamplesPerMicroBatch, options.SortByLength));
        Assert.Equal((2e-5, LearningRateDecay.Cosine, 0.1), (options.LearningRate, options.Schedule, options.Warmup));
        Assert.Equal((false, ""), (options.TrainOnPrompt, options.TextAfterAnswer));
    }

    [Fact]
    public void The_defaults_of_the_additions_are_as_documented()
    {
        // TRL: ref_model_sync_steps 512, ref_model_mixup_alpha 0.6. DAPO's recipe: ten rounds.
        ReferenceSyncOptions sync = new();
        DynamicSamplingOptions dynamic = new();
        ReplayOptions replay = new();

        Assert.Equal((512, 0.6), (sync.Interval, sync.Mixup));
        Assert.Equal((null, 10), (dynamic.Reward, dynamic.MaxRounds));
        Assert.Equal((64, 8, null), (replay.Capacity, replay.MaxAge, replay.Reward));
    }

    [Fact]
    public void The_supervised_builder_reports_every_mistake_at_once()
    {
        SftTrainerBuilder builder = new SftTrainerBuilder(_policy).Configure(options =>
        {
            options.ExamplesPerStep = 0;
            options.ExamplesPerMicroBatch = -1;
            options.Epochs = 0;
        });

        TrainerConfigurationException exception = Assert.Throws<TrainerConfigurationException>(builder.Build);

        Assert.Equal(4, exception.Errors.Count);
        Assert.Contains(".UseExamples(examples)", exception.Message);
    }

    // 3 examples in steps of 2 for 1.5 epochs are 2.25 steps, rounded up; each has its iterations.
    [Theory]
    [InlineData(1.5, 1, 3)]
    [InlineData(1.5, 2, 6)]
    [InlineData(1e-9, 1, 1)]
    [InlineData(1e300, 2, int.MaxValue)]
    public void A_run_has_the_steps_of_its_epochs(double epochs, int iterations, int steps) => Assert.Equal(
        steps, new GrpoTrainerOptions { Epochs = epochs }.StepsFor(examples: 3, examplesPerStep: 2, iterations));

    public void Dispose() => _policy.Dispose();
}
