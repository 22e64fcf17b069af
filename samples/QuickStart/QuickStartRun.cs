using System.Diagnostics;
using System.Text.Json;
using MedR1.Datasets;
using MedR1.Evaluation;
using MedR1.Losses;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.Rewards;
using MedR1.Sampling;
using MedR1.Training;

namespace MedR1.Samples.QuickStart;

/// <summary>The whole run: score, train by GRPO, score again, train a control that sees nothing, write it all down.</summary>
internal sealed class QuickStartRun(QuickStartSettings settings, TextWriter console)
{
    private const int MaxNewTokens = 24;
    private const long PictureBytes = 512L << 20;
    private const string AccuracyReward = "option_text";
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public async Task<QuickStartSummary> RunAsync(CancellationToken cancellationToken)
    {
        Stopwatch clock = Stopwatch.StartNew();
        Directory.CreateDirectory(settings.Output);
        IVqaDataset train = RealMini.LoadTrain(settings.Data, cancellationToken);
        IVqaDataset test = RealMini.LoadTest(settings.Data, cancellationToken);
        using Qwen2VLPolicy policy = Load(cancellationToken);
        console.WriteLine(
            $"Qwen2-VL of {policy.Parameters.Sum(parameter => parameter.Value.numel()):N0} weights; {train.Count:N0} questions to train on, " +
            $"{test.Count:N0} to test, about real medical pictures.");

        ReportOrigin start = new()
        {
            Model = Path.GetFileName(Path.TrimEndingDirectorySeparator(settings.Checkpoint)),
            ModelHash = ContentHash.OfFolder(settings.Checkpoint, cancellationToken: cancellationToken),
        };
        ReportOrigin end = start with { Seed = settings.Seed, Training = $"then {settings.Steps} steps of GRPO" };
        EvaluationReport zeroShot = await EvaluateAsync(policy, test, "zero-shot", start, cancellationToken);
        console.WriteLine($"Zero-shot: {zeroShot.Overall.Accuracy.Value:P1} (chance {zeroShot.Overall.Chance:P1}). Training by GRPO:");
        TrainingReport report = await TrainAsync(policy, train, "grpo", cancellationToken);
        EvaluationReport trained = await EvaluateAsync(policy, test, "after GRPO", end, cancellationToken);
        policy.Save(Path.Combine(settings.Output, "checkpoint"), cancellationToken);

        console.WriteLine($"After GRPO: {trained.Overall.Accuracy.Value:P1}.");
        EvaluationReport? questionOnly = settings.WithControl ? await ControlAsync(train, test, end, cancellationToken) : null;
        EvaluationReport blind = BlindPrior.Fit(train).Evaluate(test);

        CurvePlot.Save(
            Path.Combine(settings.Output, "curves.png"), report.History, new CurvePlotOptions { Title = "Quick start: GRPO on real-mini" });
        CompletionPage.Write(Path.Combine(settings.Output, "completions.md"), zeroShot, trained);
        EvaluationReport[] reports = questionOnly is null ? [zeroShot, trained, blind] : [zeroShot, trained, questionOnly, blind];
        string table = ReportTable.ToText(reports);
        File.WriteAllText(Path.Combine(settings.Output, "report.md"), ReportTable.ToMarkdown(reports));
        QuickStartSummary summary = new(
            zeroShot.Overall.Accuracy.Value, trained.Overall.Accuracy.Value, blind.Overall.Accuracy.Value,
            questionOnly?.Overall.Accuracy.Value, zeroShot.Overall.Chance, clock.Elapsed.TotalSeconds, settings.Seed)
        {
            Steps = settings.Steps,
            TestQuestions = test.Count,
            ScoringRule = QuickStartPrompt.Rule.Name,
        };
        File.WriteAllText(Path.Combine(settings.Output, "summary.json"), JsonSerializer.Serialize(summary, Json));
        console.WriteLine(table);
        console.WriteLine($"{summary.Seconds:F0} seconds. Curves, completions, checkpoint and summary are in {settings.Output}.");
        return summary;
    }

    /// <summary>The same training with blank pictures: what it reaches was never in the pictures.</summary>
    private async Task<EvaluationReport> ControlAsync(
        IVqaDataset train, IVqaDataset test, ReportOrigin origin, CancellationToken cancellationToken)
    {
        console.WriteLine("The same training with blank pictures, as a control:");
        using Qwen2VLPolicy control = Load(cancellationToken);
        await TrainAsync(control, train.BlankImages(), "control", cancellationToken);
        return await EvaluateAsync(control, test.BlankImages(), "question only", origin, cancellationToken);
    }

    // Many questions are about one picture, and each comes several times: pictures are prepared once.
    private Qwen2VLPolicy Load(CancellationToken cancellationToken) => Qwen2VLPolicy.Load(
        settings.Checkpoint,
        Qwen2VLProcessor.Load(settings.Checkpoint, new ImageProcessorOptions { CacheBytes = PictureBytes }),
        cancellationToken: cancellationToken);

    private static Task<EvaluationReport> EvaluateAsync(
        IVisionLanguagePolicy policy, IVqaDataset dataset, string name, ReportOrigin origin,
        CancellationToken cancellationToken) =>
        Evaluator.EvaluateAsync(
            new LocalSampler(policy), dataset, QuickStartPrompt.Template, QuickStartPrompt.Rule,
            new EvaluationOptions { MaxNewTokens = MaxNewTokens, BatchSize = 128, Name = name, Origin = origin },
            cancellationToken: cancellationToken);

    // A question comes back with its options in another order: where the right one stands can't be learnt by heart.
    private ConcatDataset InOtherOrders(IVqaDataset questions)
    {
        int passes = (settings.Steps * settings.PromptsPerStep + questions.Count - 1) / questions.Count;
        return new ConcatDataset(
            Enumerable.Range(0, passes).Select(pass => questions.ShuffleOptions(settings.Seed * 1000L + pass)));
    }

    private async Task<TrainingReport> TrainAsync(
        IVisionLanguagePolicy policy, IVqaDataset dataset, string name, CancellationToken cancellationToken)
    {
        using ConsoleProgressSink progress = new(console, interval: 10, accuracyReward: AccuracyReward);
        using JsonLinesSink lines = new(Path.Combine(settings.Output, $"{name}.jsonl"));
        using TensorBoardSink board = new(Path.Combine(settings.Output, "tensorboard", name));
        using GrpoTrainer trainer = new GrpoTrainerBuilder(policy)
            .UseDataset(InOtherOrders(dataset))
            .UsePrompt(QuickStartPrompt.Template)
            .UseLoss(new GrpoLoss(GrpoLossOptions.MedR1 with { KlCoefficient = settings.KlCoefficient }))
            .AddReward(new OptionTextReward())
            .AddReward(new FormatReward(FormatStyle.NoThink), weight: 0.2)
            .AddMetricSink(progress)
            .AddMetricSink(lines)
            .AddMetricSink(board)
            .Configure(options =>
            {
                options.GroupSize = settings.GroupSize;
                options.PromptsPerStep = settings.PromptsPerStep;
                options.MaxSteps = settings.Steps;
                options.MaxNewTokens = MaxNewTokens;
                options.LearningRate = settings.LearningRate;

                // The default 0.999 remembers more steps than the run has.
                options.Optimizer = options.Optimizer with { Beta2 = 0.98 };
                options.Warmup = 10;
                options.Seed = settings.Seed;
                options.MeasureEntropy = false;

                // With its options in another order a question is another prompt.
                options.PromptCacheBytes = 0;
                options.SkipCompletionsWithoutGradient = settings.KlCoefficient == 0;
            })
            .Build();
        return await trainer.RunAsync(cancellationToken);
    }
}
