using System.Text.Json;
using System.Text.Json.Nodes;
using MedR1.Losses;
using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>A run resumes with its settings, or with others only on purpose.</summary>
public sealed class ChangedSettingsTests : ChangedRunTests
{
    [Fact]
    public async Task Every_setting_that_changes_results_is_refused_with_both_values()
    {
        await SaveAsync();
        CheckpointException exception = Refusal(options =>
        {
            (options.LearningRate, options.Schedule, options.Warmup, options.MaxSteps) = (0.02, LearningRateDecay.Cosine, 2, 9);
            (options.WeightDecay, options.MaxGradientNorm) = (0.5, 2);
            options.Optimizer = new AdamWOptions { Beta1 = 0.8, Beta2 = 0.99, Epsilon = 1e-6 };
            (options.StopStrings, options.SuppressedTokenIds, options.MaxPromptTokens) = (["Stopp, \"hier\""], [7], 100);
            options.PromptsPerMicroBatch = 1;
            (options.TokenDivisor, options.SuppressVisionTokensInLoss) = (TokenDivisor.MeanStepTokens, false);
            options.DynamicSampling = new DynamicSamplingOptions { MaxRounds = 3 };
            options.AdaptiveEntropy = new AdaptiveEntropyOptions();
        });

        Assert.Equal(
            [
                "LearningRate was 0.01 and is 0.02", "Schedule was Linear and is Cosine", "Warmup was 0 and is 2",
                "MaxSteps was 8 and is 9", "Optimizer.Beta1 was 0.9 and is 0.8", "Optimizer.Beta2 was 0.999 and is 0.99",
                "Optimizer.Epsilon was 1E-08 and is 1E-06", "WeightDecay was 0 and is 0.5",
                "MaxGradientNorm was 1 and is 2", "SuppressedTokenIds was [] and is [7]",
                "StopStrings was [] and is [\"Stopp, \\\"hier\\\"\"]", "SuppressVisionTokensInLoss was true and is false",
                "PromptsPerMicroBatch was all and is 1", "TokenDivisor was StepTokens and is MeanStepTokens", "MaxPromptTokens was none and is 100",
                "AdaptiveEntropy was none and is on", "DynamicSampling was none and is on",
            ],
            Differences(exception));
        Assert.EndsWith(
            "Restore them, or start a new run. To deliberately continue with other settings: .AllowChangedSettings(\"LearningRate\", "
            + "\"Schedule\", \"Warmup\", \"MaxSteps\", \"Optimizer\", \"WeightDecay\", \"MaxGradientNorm\", \"SuppressedTokenIds\", "
            + "\"StopStrings\", \"SuppressVisionTokensInLoss\", \"PromptsPerMicroBatch\", \"TokenDivisor\", \"MaxPromptTokens\", "
            + "\"AdaptiveEntropy\", \"DynamicSampling\").",
            exception.Message);
    }

    [Fact]
    public async Task An_added_or_removed_part_of_an_option_is_a_change()
    {
        GrpoLoss corrected = new(GrpoLossOptions.MedR1 with { SamplerCorrection = new SamplerCorrectionOptions() });
        AdvantageOptions ranged = AdvantageOptions.Grpo with { RewardRange = new RewardRange(0, 1) };
        await SaveAsync();
        Assert.Equal(["loss.SamplerCorrection was none and is on"], Differences(Refusal(_ => { }, loss: corrected)));
        Assert.Equal(
            ["advantages.RewardRange was none and is on"],
            Differences(Refusal(_ => { }, builder => builder.UseAdvantages(ranged))));

        await SaveAsync(loss: corrected);
        Assert.Equal(["loss.SamplerCorrection was on and is none"], Differences(Refusal(_ => { })));
    }

    [Fact]
    public async Task The_order_of_a_set_is_no_change()
    {
        await SaveAsync(options => (options.StopStrings, options.SuppressedTokenIds) = (["b", "a"], [9, 7, 9]));
        using TinyPolicy policy = TestData.Policy();
        Builder(policy, options => (options.StopStrings, options.SuppressedTokenIds) = (["a", "b"], [7, 9]))
            .ResumeFrom(Folder).Build().Dispose();
    }

    [Fact]
    public void A_digest_is_the_same_on_every_system()
    {
        VqaPrompt prompt = new([ChatMessage.System("Say."), ChatMessage.User("Which?", [])]);
        Assert.Equal("027a686d9e93e988", RunSettings.DigestOf(1, _ => prompt));
    }

    [Fact]
    public async Task A_different_template_is_refused()
    {
        Listed dataset = new(Enumerable.Range(0, 5).Select(
            index => new VqaExample { Id = $"example {index}", Question = "Which?", Answer = "A" }));
        using TinyPolicy first = TestData.Policy();
        await Build(first, "Say.").RunAsync();
        using TinyPolicy second = TestData.Policy();
        CheckpointException exception = Assert.Throws<CheckpointException>(
            () => Build(second, "Speak.").ResumeFrom(Folder).Build());
        Assert.Matches(
            @"^prompts was template 'own', text [0-9a-f]{16} and is template 'own', text [0-9a-f]{16}$",
            Assert.Single(Differences(exception)));

        // The same template resumes, wherever its images come from.
        Build(second, "Say.").ResumeFrom(Folder).Build().Dispose();

        GrpoTrainerBuilder Build(TinyPolicy policy, string system) => new GrpoTrainerBuilder(policy)
            .UseDataset(dataset).UsePrompt(new OwnTemplate(system)).AddReward("one", context => context.Completion.TokenIds[0])
            .Configure(options => (options.MaxSteps, options.MaxNewTokens, options.OutputFolder) = (1, 2, Folder));
    }

    [Fact]
    public async Task Replay_and_ReferenceSync_may_change_but_not_be_switched_off()
    {
        void Configure(GrpoTrainerOptions options) => (options.Replay, options.ReferenceSync) =
            (new ReplayOptions { Capacity = 5 }, new ReferenceSyncOptions { Interval = 2 });
        await SaveAsync(Configure);
        CheckpointException exception = Refusal(options => (options.Replay, options.ReferenceSync) =
            (new ReplayOptions { Capacity = 6 }, new ReferenceSyncOptions { Interval = 2, Mixup = 0.5 }));
        Assert.Equal(["Replay.Capacity was 5 and is 6", "ReferenceSync.Mixup was 0.6 and is 0.5"], Differences(exception));
        Assert.EndsWith(".AllowChangedSettings(\"Replay\", \"ReferenceSync\").", exception.Message);

        exception = Refusal(
            options => options.ReferenceSync = new ReferenceSyncOptions { Interval = 2 },
            builder => builder.AllowChangedSettings("Replay"));
        Assert.Equal(["Replay was on and is off"], Differences(exception));
        Assert.DoesNotContain("AllowChangedSettings", exception.Message);
    }

    [Fact]
    public async Task Allowed_changes_take_effect_and_the_next_checkpoint_records_them()
    {
        await SaveAsync();
        using TinyPolicy policy = TestData.Policy();
        TrainingReport report = await Builder(policy, Slower).ResumeFrom(Folder)
            .AllowChangedSettings(nameof(TrainerOptions.LearningRate), nameof(TrainerOptions.MaxSteps)).RunAsync();

        // Steps 3 to 10 of 10, linear to 0: a tenth less with each step.
        Assert.Equal(10, report.Steps);
        Assert.Equal(0.001 * 8 / 10, report.History[0].Values["learning_rate"], 1e-9);
        string[] expected = ["after step 2: LearningRate was 0.01 and is 0.001", "after step 2: MaxSteps was 8 and is 10"];
        Assert.Equal(expected, Changes(10));

        // The changed run resumes as it is, and changes again; earlier changes stay recorded.
        using TinyPolicy next = TestData.Policy();
        Builder(next, Slower).ResumeFrom(Folder).Build().Dispose();
        using TinyPolicy last = TestData.Policy();
        await Builder(last, options =>
        {
            Slower(options);
            options.MaxSteps = 11;
        }).ResumeFrom(Folder).AllowChangedSettings("MaxSteps").RunAsync();
        Assert.Equal([.. expected, "after step 10: MaxSteps was 10 and is 11"], Changes(11));

        static void Slower(GrpoTrainerOptions options) => (options.LearningRate, options.MaxSteps) = (0.001, 10);
        string[] Changes(int step) => [.. JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, $"step-{step:000000}", "trainer.json")))
            .RootElement.GetProperty("Changes").EnumerateArray().Select(change => change.GetString()!)];
    }

    [Fact]
    public async Task The_numbers_of_a_schedule_are_compared()
    {
        await SaveAsync(options => Polynomial(options, power: 2));
        Assert.Equal(["Schedule.Power was 2 and is 3"], Differences(Refusal(options => Polynomial(options, power: 3))));
        using TinyPolicy policy = TestData.Policy();
        using GrpoTrainer trainer = Builder(policy, options => Polynomial(options, power: 3))
            .ResumeFrom(Folder).AllowChangedSettings("Schedule").Build();

        // For a different schedule, only that is reported.
        Assert.Equal(["Schedule was Polynomial and is CosineWithMinLearningRate"], Differences(Refusal(options =>
        {
            options.Schedule = LearningRateDecay.CosineWithMinLearningRate;
            options.ScheduleOptions = new LearningRateDecayOptions { MinLearningRateRatio = 0.5 };
        })));

        static void Polynomial(GrpoTrainerOptions options, double power)
        {
            options.Schedule = LearningRateDecay.Polynomial;
            options.ScheduleOptions = new LearningRateDecayOptions { Power = power };
        }
    }

    [Fact]
    public async Task Settings_that_change_no_result_may_always_change()
    {
        await SaveAsync(options => options.Schedule = LearningRateDecay.Constant);
        using TinyPolicy policy = TestData.Policy();
        using GrpoTrainer trainer = Builder(policy, options =>
        {
            (options.Schedule, options.MaxSteps) = (LearningRateDecay.Constant, 20);
            (options.SaveInterval, options.KeepLast) = (5, 2);

            // The passes are the same, and the loss needs all completions.
            (options.PromptsPerMicroBatch, options.SkipCompletionsWithoutGradient) = (2, true);
            (options.RewardTimeout, options.MaxParallelRewards, options.LogInterval) = (TimeSpan.FromSeconds(5), 2, 3);
            (options.OutputFolder, options.PromptCacheBytes, options.MeasureEntropy) = (Folder + "/other", 0, false);
        }).ResumeFrom(Folder).Build();
        Assert.Equal(20, trainer.TotalSteps);
    }

    [Fact]
    public async Task A_checkpoint_of_an_earlier_version_is_compared_by_what_it_records()
    {
        await SaveAsync();
        string path = Path.Combine(Folder, "step-000002", "trainer.json");
        JsonObject document = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        JsonObject known = document["Invariants"]!.AsObject();
        string[] before =
        [
            "Seed", "GroupSize", "PromptsPerStep", "StepsPerGeneration", "Iterations", "number of prompts",
            RunInvariants.StartWeights, "rewards", "sampling", "Replay", "ReferenceSync", "seed of dropout", "number of matrices in 8 bits",
        ];
        foreach (string name in known.Select(pair => pair.Key).Except(before).ToArray())
        {
            known.Remove(name);
        }

        Assert.Equal(before.Length, known.Count);
        document.Remove("Changes");
        foreach (string name in new[] { "Sampled", "KnowsBest", "EvaluationsWithoutBestMetric" })
        {
            document["Run"]!.AsObject().Remove(name);
        }

        File.WriteAllText(path, document.ToJsonString());
        File.Delete(Path.Combine(Folder, "step-000002", "checksums.json"));
        using TinyPolicy policy = TestData.Policy();
        Assert.Equal(8, (await Builder(policy, options => options.LearningRate = 0.02).ResumeFrom(Folder).RunAsync()).Steps);
        Assert.Equal(["Seed was 42 and is 1"], Differences(Refusal(options => options.Seed = 1, from: "step-000002")));
    }

    [Fact]
    public async Task Unknown_permissions_and_permissions_without_a_checkpoint_are_refused()
    {
        await SaveAsync();
        Assert.Contains(
            "AllowChangedSettings names Seed, learning rate; a resumed run may change only AdaptiveEntropy, advantages, ",
            Refusal(_ => { }, builder => builder.AllowChangedSettings("Seed", "learning rate", "MaxSteps")).Message);

        using TinyPolicy policy = TestData.Policy();
        Assert.StartsWith(
            "There is no checkpoint whose settings could change: .ResumeFrom(folder)",
            Assert.Single(Assert.Throws<TrainerConfigurationException>(
                () => Builder(policy, _ => { }).AllowChangedSettings("LearningRate").Build()).Errors));
    }

    [Fact]
    public async Task A_supervised_run_compares_its_settings()
    {
        SftTrainerBuilder Build(TinyPolicy policy, Action<SftTrainerOptions> configure, string answer = "A") =>
            new SftTrainerBuilder(policy)
                .UseExamples([.. Enumerable.Range(0, 4).Select(index => SupervisedExample.Answer(TestData.Prompt(index), answer))])
                .Configure(options => (options.ExamplesPerStep, options.MaxSteps, options.OutputFolder) = (2, 2, Folder))
                .Configure(configure);
        using TinyPolicy policy = TestData.Policy();
        using (SftTrainer trainer = Build(policy, _ => { }).Build())
        {
            await trainer.RunAsync();
        }

        CheckpointException exception = Assert.Throws<CheckpointException>(() => Build(policy, options =>
        {
            (options.TrainOnPrompt, options.TextAfterAnswer, options.MaxSteps) = (true, "\n", 4);
            options.ExamplesPerMicroBatch = 1;
        }, "B").ResumeFrom(Folder).AllowChangedSettings("MaxSteps").Build());
        string[] differences = Differences(exception);
        Assert.StartsWith("examples was text ", differences[0]);
        Assert.Equal(
            ["ExamplesPerMicroBatch was all and is 1", "TrainOnPrompt was false and is true", "TextAfterAnswer was  and is \n"],
            differences[1..]);
    }

    [Theory]
    [InlineData(1, null, true)]
    [InlineData(2, null, false)]
    [InlineData(2, 7, true)]
    public async Task Sorting_by_length_is_compared_if_it_can_change_results(int ofPass, int? dropoutSeed, bool isCompared)
    {
        using TinyPolicy policy = TestData.Policy();
        SftTrainerBuilder Build(bool sorts) => new SftTrainerBuilder(new RowCounter(policy, dropoutSeed))
            .UseExamples(TestData.Examples(4))
            .Configure(options => (options.ExamplesPerStep, options.ExamplesPerMicroBatch, options.SortByLength) = (2, ofPass, sorts))
            .Configure(options => (options.MaxSteps, options.OutputFolder) = (1, Folder));
        using (SftTrainer trainer = Build(sorts: true).Build())
        {
            await trainer.RunAsync();
        }

        SftTrainerBuilder other = Build(sorts: false).ResumeFrom(Folder);
        if (isCompared)
        {
            Assert.Equal(["SortByLength was true and is false"], Differences(Assert.Throws<CheckpointException>(other.Build)));
            other = Build(sorts: false).ResumeFrom(Folder);
        }

        // It may be named whenever a run resumes.
        other.AllowChangedSettings(nameof(SftTrainerOptions.SortByLength)).Build().Dispose();
    }

    private sealed class OwnTemplate(string system) : IPromptTemplate
    {
        public string Name => "own";

        public VqaPrompt Format(VqaExample example) =>
            new([ChatMessage.System(system), ChatMessage.User(example.Question, [])]) { Example = example };
    }

    private sealed class Listed(IEnumerable<VqaExample> examples) : List<VqaExample>(examples), IVqaDataset
    {
        public string Name => "five";
    }
}
