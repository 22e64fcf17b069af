using MedR1.Datasets;
using MedR1.Evaluation;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.Sampling;
using MedR1.Training;

namespace MedR1.Samples.SftBaseline;

/// <summary>Tests the model, trains it on the right answers, and tests it again.</summary>
internal sealed class SftBaselineRun(SftBaselineSettings settings, TextWriter console)
{
    private const double TrainFraction = 0.8;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        IVqaDataset all = OmniMedVqaDataset.Load(settings.Data, cancellationToken: cancellationToken);
        DatasetSplit split = all.SplitByImage(TrainFraction, settings.Seed);
        IVqaDataset test = split.Test.Shuffle(settings.Seed).Take(settings.Questions);
        using Qwen2VLPolicy policy = Qwen2VLPolicy.Load(
            settings.Checkpoint, ImageFiles.LoadProcessor(settings.Checkpoint), cancellationToken: cancellationToken);
        EvaluationReport before = await EvaluateAsync(policy, test, "before", cancellationToken);
        TrainingReport training = await TrainAsync(policy, split.Train, cancellationToken);
        EvaluationReport after = await EvaluateAsync(policy, test, "after SFT", cancellationToken);
        EvaluationReport blind = BlindPrior.Fit(split.Train).Evaluate(test);
        console.WriteLine(ReportTable.ToText([before, after, blind]));
        console.WriteLine($"{training.Steps} steps in {training.Seconds:F0} s; checkpoint in {training.LastCheckpoint}.");
    }

    private async Task<TrainingReport> TrainAsync(
        IVisionLanguagePolicy policy, IVqaDataset train, CancellationToken cancellationToken)
    {
        using ConsoleProgressSink progress = new(console, interval: 10);
        using JsonLinesSink lines = new(Path.Combine(settings.Output, "metrics.jsonl"));
        using SftTrainer trainer = new SftTrainerBuilder(policy)
            .UseExamples([.. train.Select(example => SupervisedExample.Answer(
                QuickStartPrompt.Template.Format(example), $"<answer>{example.Answer}</answer>"))])
            .AddMetricSink(progress)
            .AddMetricSink(lines)
            .Configure(options =>
            {
                options.MaxSteps = settings.Steps;
                options.ExamplesPerStep = settings.ExamplesPerStep;
                options.ExamplesPerMicroBatch = Math.Min(options.ExamplesPerMicroBatch, settings.ExamplesPerStep);
                options.LearningRate = settings.LearningRate;
                options.Seed = settings.Seed;
                options.OutputFolder = settings.Output;
            })
            .Build();
        return await trainer.RunAsync(cancellationToken);
    }

    private static Task<EvaluationReport> EvaluateAsync(
        IVisionLanguagePolicy policy, IVqaDataset test, string name, CancellationToken cancellationToken) =>
        Evaluator.EvaluateAsync(
            new LocalSampler(policy), test, QuickStartPrompt.Template, QuickStartPrompt.Rule,
            new EvaluationOptions { MaxNewTokens = 24, BatchSize = 64, Name = name }, cancellationToken: cancellationToken);
}
