using MedR1.Datasets;
using MedR1.Evaluation;
using MedR1.Losses;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.Rewards;
using MedR1.Sampling;
using MedR1.Training;
using MedR1.Training.Terminal;
using Microsoft.Extensions.Configuration;
using static TorchSharp.torch;

namespace MedR1.Samples.TrainGrpo;

/// <summary>Med-R1's recipe on a user's checkpoint and folder of OmniMedVQA.</summary>
internal sealed class TrainGrpoRun(TrainGrpoSettings settings, IConfiguration trainer)
{
    private IPromptTemplate Template => settings.Think ? PromptTemplates.ThinkThenAnswer : PromptTemplates.AnswerOnly;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Device device = DeviceName.Open(settings.Device);
        IVqaDataset all = OfModality(OmniMedVqaDataset.Load(settings.Data, cancellationToken: cancellationToken));
        long seed = trainer.GetValue("Seed", 42L);
        DatasetSplit split = all.SplitByImage(settings.TrainFraction, seed);
        IVqaDataset asked = split.Test.Shuffle(seed).Take(settings.EvaluationQuestions);
        Console.WriteLine(
            $"{split.Train.Count:N0} training questions; {asked.Count:N0} of {split.Test.Count:N0} others to evaluate on during "
            + "training.");
        using Qwen2VLPolicy policy = Qwen2VLPolicy.Load(
            settings.Checkpoint, ImageFiles.LoadProcessor(settings.Checkpoint), device, cancellationToken: cancellationToken);
        TrainingReport report = await TrainAsync(policy, split.Train, asked, cancellationToken);
        Console.WriteLine(
            $"{report.Steps} steps in {report.Seconds:F0} s. Checkpoint: {report.LastCheckpoint}, best: "
            + $"{report.BestCheckpoint ?? "the initial model"}.");
    }

    private IVqaDataset OfModality(IVqaDataset all)
    {
        if (string.IsNullOrEmpty(settings.Modality))
        {
            return all;
        }

        IVqaDataset chosen = all.WithModality(new ImagingModality(settings.Modality));
        if (chosen.Count > 0)
        {
            return chosen;
        }

        IEnumerable<string> there = all.Describe().ByModality.Select(one => $"--Modality \"{one.Key}\" ({one.Value:N0} questions)");
        throw new InvalidOperationException(
            $"No question of '{settings.Data}' has the modality '{settings.Modality}'. It has:\n{string.Join('\n', there)}");
    }

    private async Task<TrainingReport> TrainAsync(
        Qwen2VLPolicy policy, IVqaDataset train, IVqaDataset asked, CancellationToken cancellationToken)
    {
        using LiveConsole live = new();
        string metrics = Path.Combine(settings.Output, "metrics.jsonl");
        using JsonLinesSink lines = new(metrics);
        using TensorBoardSink board = new(Path.Combine(settings.Output, "tensorboard"));
        using MeterSink meter = new();
        using CompletionLog completions = new(Path.Combine(settings.Output, "completions.jsonl"));
        GrpoTrainerBuilder builder = new GrpoTrainerBuilder(policy)
            .UseDataset(train)
            .UsePrompt(Template)
            .UseLoss(new GrpoLoss(GrpoLossOptions.MedR1 with { KlCoefficient = settings.KlCoefficient }))
            .AddReward(new ChoiceAccuracyReward())
            .AddReward(new FormatReward(settings.Think ? FormatStyle.Think : FormatStyle.NoThink), settings.FormatWeight)
            .AddEvaluation("accuracy", (context, token) => EvaluateAsync(context.Policy, asked, token))
            .AddMetricSink(lines)
            .AddMetricSink(board)
            .AddMetricSink(meter)
            .AddObserver(live)
            .AddObserver(completions)
            .AddObserver(new HtmlReportWriter(
                Path.Combine(settings.Output, "report.html"), $"GRPO on {train.Name}", metricsFile: metrics))
            .Configure(options => options.OutputFolder = settings.Output)
            .Configure(options => trainer.Bind(options, binder => binder.ErrorOnUnknownConfiguration = true));
        if (settings.Resume)
        {
            // A different number of steps means that the user wants to train longer.
            builder.ResumeIfAny(settings.Output).AllowChangedSettings(nameof(GrpoTrainerOptions.MaxSteps));
        }

        using GrpoTrainer grpo = OtherSettings.Explain(
            builder.Build, settings.Output, "start over: --Output with another folder, or --Resume false to use this one");
        return await grpo.RunAsync(cancellationToken);
    }

    private async ValueTask<double> EvaluateAsync(
        IVisionLanguagePolicy policy, IVqaDataset asked, CancellationToken cancellationToken)
    {
        EvaluationOptions options = new() { MaxNewTokens = trainer.GetValue("MaxNewTokens", 256), BatchSize = 32 };
        EvaluationReport report = await Evaluator.EvaluateAsync(
            new LocalSampler(policy), asked, Template, ScoringRules.MedR1, options, cancellationToken: cancellationToken);
        return report.Overall.Accuracy.Value;
    }
}
