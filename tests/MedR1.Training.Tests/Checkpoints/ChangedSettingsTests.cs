using System.Text.Json;
using System.Text.Json.Nodes;
using MedR1.Losses;
using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>A run goes on with the settings that it had, or with others on purpose.</summary>
public sealed class ChangedSettingsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-").FullName;

    [Fact]
    public async Task Every_setting_that_makes_another_run_is_refused_with_both_values()
    {
        await SaveAsync();
        CheckpointException exception = Refusal(options =>
        {
            (options.LearningRate, options.Schedule, options.Warmup, options.MaxSteps) = (0.02, LearningRateDecay.Cosine, 2, 9);
            (options.WeightDecay, options.MaxGradientNorm) = (0.5, 2);
            options.Optimizer = new AdamWOptions { Beta2 = 0.99 };
            (options.StopStrings, options.SuppressedTokenIds, options.MaxPromptTokens) = (["Stopp, \"hier\""], [7], 100);
            options.PromptsPerMicroStep = 1;
            (options.TokenDivisor, options.SuppressVisionTokensInLoss) = (TokenDivisor.GenerationShare, false);
            options.DynamicSampling = new DynamicSamplingOptions { MaxRounds = 3 };
            options.AdaptiveEntropy = new AdaptiveEntropyOptions();
        });

        Assert.Equal(
            [
                "LearningRate was 0.01 and is 0.02", "Schedule was Linear and is Cosine", "Warmup was 0 and is 2",
                "MaxSteps was 8 and is 9", "Optimizer.Beta2 was 0.999 and is 0.99", "WeightDecay was 0 and is 0.5",
                "MaxGradientNorm was 1 and is 2", "SuppressedTokenIds was [] and is [7]",
                "StopStrings was [] and is [\"Stopp, \\\"hier\\\"\"]", "SuppressVisionTokensInLoss was true and is false",
                "PromptsPerMicroStep was all and is 1", "TokenDivisor was StepTokens and is GenerationShare", "MaxPromptTokens was none and is 100",
                "AdaptiveEntropy was none and is on", "DynamicSampling was none and is on",
            ],
            Differences(exception));
        Assert.EndsWith(
            "Set them as they were, or start anew. To go on with other settings on purpose: .AllowChangedSettings(\"LearningRate\", "
            + "\"Schedule\", \"Warmup\", \"MaxSteps\", \"Optimizer\", \"WeightDecay\", \"MaxGradientNorm\", \"SuppressedTokenIds\", "
            + "\"StopStrings\", \"SuppressVisionTokensInLoss\", \"PromptsPerMicroStep\", \"TokenDivisor\", \"MaxPromptTokens\", "
            + "\"AdaptiveEntropy\", \"DynamicSampling\").",
            exception.Message);
    }

    [Fact]
    public async Task Loss_advantages_order_and_planner_are_compared_too()
    {
        await SaveAsync();
        Assert.Equal(
            ["loss.KlCoefficient was 0.04 and is 0.1"],
            Differences(Refusal(_ => { }, loss: new GrpoLoss(GrpoLossOptions.MedR1 with { KlCoefficient = 0.1 }))));
        Assert.Equal(["loss was GrpoLoss and is Other"], Differences(Refusal(_ => { }, loss: new Other())));
        Assert.Equal(
            ["order was ShuffledOrder and is SequentialOrder", "planner was WholeGroupPlanner and is ShuffledRowPlanner",
                "advantages.Scale was Group and is None"],
            Differences(Refusal(_ => { }, builder => builder.UseOrder(new SequentialOrder())
                .UseUpdatePlanner(new ShuffledRowPlanner(1)).UseAdvantages(AdvantageOptions.DrGrpo))));
    }

    [Fact]
    public async Task Completions_without_gradient_that_stay_out_of_the_passes_are_compared_where_they_can()
    {
        GrpoLoss loss = new(GrpoLossOptions.Dapo);
        await SaveAsync(loss: loss);
        Assert.Equal(
            ["SkipCompletionsWithoutGradient was none and is on"],
            Differences(Refusal(options => options.SkipCompletionsWithoutGradient = true, loss: loss)));
    }

    [Fact]
    public async Task A_loss_of_ones_own_that_is_a_record_is_compared_by_what_it_was_made_with()
    {
        Own loss = new(0.5, KlEstimator.K3, new Bound(2, null), new GrpoLoss(GrpoLossOptions.Dapo)) { Calls = 3, Log = _ => { } };
        await SaveAsync(loss: loss);
        Assert.Equal(
            [
                "loss.Weight was 0.5 and is 1", "loss.Estimator was K3 and is K1", "loss.Bound.Least was none and is 1",
                "loss.Inner.ClipHigh was 0.28 and is none",
            ],
            Differences(Refusal(_ => { }, loss: new Own(
                1, KlEstimator.K1, new Bound(2, 1), new GrpoLoss(GrpoLossOptions.Dapo with { ClipHigh = null })))));
        Assert.Equal(
            ["loss.Bound was on and is none"], Differences(Refusal(_ => { }, loss: loss with { Bound = null })));

        // What it counted since, and what can't be compared, is no change.
        using TinyPolicy policy = TestData.Policy();
        Builder(policy, _ => { }, loss with { Calls = 9, Log = null }).ResumeFrom(_folder).Build().Dispose();
    }

    [Fact]
    public async Task A_part_of_an_option_that_came_or_went_is_another_setting()
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
    public async Task The_order_of_a_set_is_no_setting()
    {
        await SaveAsync(options => (options.StopStrings, options.SuppressedTokenIds) = (["b", "a"], [9, 7, 9]));
        using TinyPolicy policy = TestData.Policy();
        Builder(policy, options => (options.StopStrings, options.SuppressedTokenIds) = (["a", "b"], [7, 9]))
            .ResumeFrom(_folder).Build().Dispose();
    }

    [Fact]
    public void A_digest_is_the_same_on_every_system()
    {
        VqaPrompt prompt = new([ChatMessage.System("Say."), ChatMessage.User("Which?", [])]);
        Assert.Equal("027a686d9e93e988", RunSettings.DigestOf(1, _ => prompt));
    }

    [Theory]
    [InlineData(0.04, 0)]
    [InlineData(0, 0.04)]
    public async Task A_divergence_may_be_penalised_no_longer_or_from_here_on(double before, double now)
    {
        GrpoLoss Loss(double coefficient) => new(GrpoLossOptions.MedR1 with { KlCoefficient = coefficient });
        await SaveAsync(loss: Loss(before));
        CheckpointException exception = Refusal(_ => { }, loss: Loss(now));
        Assert.Contains(Differences(exception), difference => difference.StartsWith(RunInvariants.StartWeights, StringComparison.Ordinal));
        Assert.EndsWith(".AllowChangedSettings(\"loss\").", exception.Message);

        using TinyPolicy policy = TestData.Policy();
        Builder(policy, _ => { }, Loss(now)).ResumeFrom(_folder).AllowChangedSettings("loss").Build().Dispose();
    }

    [Fact]
    public async Task Another_template_is_another_run()
    {
        Listed dataset = new(Enumerable.Range(0, 5).Select(
            index => new VqaExample { Id = $"example {index}", Question = "Which?", Answer = "A" }));
        using TinyPolicy first = TestData.Policy();
        await Build(first, "Say.").RunAsync();
        using TinyPolicy second = TestData.Policy();
        CheckpointException exception = Assert.Throws<CheckpointException>(
            () => Build(second, "Speak.").ResumeFrom(_folder).Build());
        Assert.Matches(
            @"^prompts was template 'own', text [0-9a-f]{16} and is template 'own', text [0-9a-f]{16}$",
            Assert.Single(Differences(exception)));

        // The same template goes on, from wherever its pictures come.
        Build(second, "Say.").ResumeFrom(_folder).Build().Dispose();

        GrpoTrainerBuilder Build(TinyPolicy policy, string system) => new GrpoTrainerBuilder(policy)
            .UseDataset(dataset).UsePrompt(new OwnTemplate(system)).AddReward("one", context => context.Completion.TokenIds[0])
            .Configure(options => (options.MaxSteps, options.MaxNewTokens, options.OutputFolder) = (1, 2, _folder));
    }

    [Fact]
    public async Task Replay_and_the_reference_s_pace_are_settings_and_whether_there_are_such_is_not()
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
    public async Task What_is_allowed_changes_and_the_next_checkpoint_tells_it()
    {
        await SaveAsync();
        using TinyPolicy policy = TestData.Policy();
        TrainingReport report = await Builder(policy, Slower).ResumeFrom(_folder)
            .AllowChangedSettings(nameof(TrainerOptions.LearningRate), nameof(TrainerOptions.MaxSteps)).RunAsync();

        // Steps 3 to 10 of 10, linear to 0: a tenth less with each.
        Assert.Equal(10, report.Steps);
        Assert.Equal(0.001 * 8 / 10, report.History[0].Values["learning_rate"], 1e-9);
        string[] expected = ["behind step 2: LearningRate was 0.01 and is 0.001", "behind step 2: MaxSteps was 8 and is 10"];
        Assert.Equal(expected, Changes(10));

        // The changed run goes on as it is, and changes again; what was changed stays told.
        using TinyPolicy next = TestData.Policy();
        Builder(next, Slower).ResumeFrom(_folder).Build().Dispose();
        using TinyPolicy last = TestData.Policy();
        await Builder(last, options =>
        {
            Slower(options);
            options.MaxSteps = 11;
        }).ResumeFrom(_folder).AllowChangedSettings("MaxSteps").RunAsync();
        Assert.Equal([.. expected, "behind step 10: MaxSteps was 10 and is 11"], Changes(11));

        static void Slower(GrpoTrainerOptions options) => (options.LearningRate, options.MaxSteps) = (0.001, 10);
        string[] Changes(int step) => [.. JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder, $"step-{step:000000}", "trainer.json")))
            .RootElement.GetProperty("Changes").EnumerateArray().Select(change => change.GetString()!)];
    }

    [Fact]
    public async Task What_moves_no_number_may_change_at_any_time()
    {
        await SaveAsync(options => options.Schedule = LearningRateDecay.Constant);
        using TinyPolicy policy = TestData.Policy();
        using GrpoTrainer trainer = Builder(policy, options =>
        {
            (options.Schedule, options.MaxSteps) = (LearningRateDecay.Constant, 20);
            (options.SaveInterval, options.KeepLast) = (5, 2);

            // The same pass, and a loss that needs all completions.
            (options.PromptsPerMicroStep, options.SkipCompletionsWithoutGradient) = (2, true);
            (options.RewardTimeout, options.MaxParallelRewards, options.LogInterval) = (TimeSpan.FromSeconds(5), 2, 3);
            (options.OutputFolder, options.PromptCacheBytes, options.MeasureEntropy) = (_folder + "/other", 0, false);
        }).ResumeFrom(_folder).Build();
        Assert.Equal(20, trainer.TotalSteps);
    }

    [Fact]
    public async Task A_checkpoint_of_an_earlier_version_goes_on_with_what_it_knows()
    {
        await SaveAsync();
        string path = Path.Combine(_folder, "step-000002", "trainer.json");
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
        foreach (string name in new[] { "Sampled", "KnowsBest", "EvaluationsWithoutBest" })
        {
            document["Run"]!.AsObject().Remove(name);
        }

        File.WriteAllText(path, document.ToJsonString());
        using TinyPolicy policy = TestData.Policy();
        Assert.Equal(8, (await Builder(policy, options => options.LearningRate = 0.02).ResumeFrom(_folder).RunAsync()).Steps);
        Assert.Equal(["Seed was 42 and is 1"], Differences(Refusal(options => options.Seed = 1, from: "step-000002")));
    }

    [Fact]
    public async Task What_cant_be_allowed_is_named_and_so_is_a_permission_without_a_checkpoint()
    {
        await SaveAsync();
        Assert.Contains(
            "AllowChangedSettings names Seed, learning rate; what may change in a run that goes on is AdaptiveEntropy, advantages, ",
            Refusal(_ => { }, builder => builder.AllowChangedSettings("Seed", "learning rate", "MaxSteps")).Message);

        using TinyPolicy policy = TestData.Policy();
        Assert.StartsWith(
            "There is no checkpoint whose settings could be changed: .ResumeFrom(folder)",
            Assert.Single(Assert.Throws<TrainerConfigurationException>(
                () => Builder(policy, _ => { }).AllowChangedSettings("LearningRate").Build()).Mistakes));
    }

    [Fact]
    public async Task A_supervised_run_compares_its_own()
    {
        SftTrainerBuilder Build(TinyPolicy policy, Action<SftTrainerOptions> configure, string answer = "A") =>
            new SftTrainerBuilder(policy)
                .UseExamples([.. Enumerable.Range(0, 4).Select(index => SupervisedExample.Answer(TestData.Prompt(index), answer))])
                .Configure(options => (options.ExamplesPerStep, options.MaxSteps, options.OutputFolder) = (2, 2, _folder))
                .Configure(configure);
        using TinyPolicy policy = TestData.Policy();
        using (SftTrainer trainer = Build(policy, _ => { }).Build())
        {
            await trainer.RunAsync();
        }

        CheckpointException exception = Assert.Throws<CheckpointException>(() => Build(policy, options =>
        {
            (options.WholeConversation, options.TextBehindAnswer, options.MaxSteps) = (true, "\n", 4);
            (options.SortByLength, options.ExamplesPerStep, options.ExamplesPerMicroStep) = (false, 2, 1);
        }, "B").ResumeFrom(_folder).AllowChangedSettings("MaxSteps").Build());
        string[] differences = Differences(exception);
        Assert.StartsWith("examples was text ", differences[0]);
        Assert.Equal(
            ["ExamplesPerMicroStep was all and is 1", "SortByLength was true and is false", "WholeConversation was false and is true",
                "TextBehindAnswer was  and is \n"], differences[1..]);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private GrpoTrainerBuilder Builder(TinyPolicy policy, Action<GrpoTrainerOptions> configure, IPolicyLoss? loss = null) =>
        Runs.Small(policy, options =>
        {
            options.OutputFolder = _folder;
            configure(options);
        }, loss);

    // Saved behind the second of eight steps.
    private async Task SaveAsync(Action<GrpoTrainerOptions>? configure = null, IPolicyLoss? loss = null)
    {
        using TinyPolicy policy = TestData.Policy();
        await Assert.ThrowsAsync<FormatException>(() => Builder(policy, configure ?? (_ => { }), loss)
            .AddObserver(new BrokenParts(nameof(IGrpoObserver.OnGradients), 3, () => new FormatException("broken"))).RunAsync());
    }

    private CheckpointException Refusal(
        Action<GrpoTrainerOptions> configure, Action<GrpoTrainerBuilder>? more = null, IPolicyLoss? loss = null, string from = "")
    {
        using TinyPolicy policy = TestData.Policy();
        GrpoTrainerBuilder builder = Builder(policy, configure, loss).ResumeFrom(Path.Combine(_folder, from));
        more?.Invoke(builder);
        return Assert.Throws<CheckpointException>(builder.Build);
    }

    private static string[] Differences(CheckpointException exception)
    {
        Assert.Contains($"is of another run: {string.Join("; ", exception.Differences)}. Set them as they were", exception.Message);
        return [.. exception.Differences];
    }

    private sealed class Other : IPolicyLoss
    {
        public bool RequiresReference => true;

        public PolicyLossResult Compute(PolicyLossInputs inputs) => throw new NotSupportedException();
    }

    private sealed record Bound(double Most, double? Least);

    private sealed record Own(double Weight, KlEstimator Estimator, Bound? Bound, IPolicyLoss Inner) : IPolicyLoss
    {
        public int Calls { get; set; }

        public Action<string>? Log { get; init; }

        public bool RequiresReference => Weight > 2;

        public PolicyLossResult Compute(PolicyLossInputs inputs) => Inner.Compute(inputs);
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
