using System.Diagnostics;
using MathNet.Numerics.Statistics;
using MedR1.Datasets;
using MedR1.Evaluation;
using MedR1.Models.Qwen2VL;
using MedR1.Rewards;
using MedR1.Sampling;
using MedR1.Training;

namespace MedR1.Samples.Comparison;

/// <summary>Trains and tests one method with one seed, in its own process, and stores the result.</summary>
internal sealed class CellRun(ComparisonSettings settings, RunFolder folder, TextWriter console)
{
    private const string AccuracyReward = "option_text";

    public async Task RunAsync(Method method, int seed, CancellationToken cancellationToken)
    {
        IVqaDataset train = Shown(RealMini.LoadTrain(settings.Data, cancellationToken), method);
        IVqaDataset test = Shown(RealMini.LoadTest(settings.Data, cancellationToken), method);
        test = settings.TestLimit is int limit ? test.Shuffle(seed: 1).Take(limit) : test;
        using Qwen2VLPolicy policy = Qwen2VLPolicy.Load(settings.Base, cancellationToken: cancellationToken);
        Cost? cost = method.Trains ? await TrainAsync(method, seed, policy, train, cancellationToken) : null;
        EvaluationReport report = await Evaluator.EvaluateAsync(
            new LocalSampler(policy), test, method.Template, QuickStartPrompt.Rule,
            new EvaluationOptions { MaxNewTokens = method.MaxNewTokens, BatchSize = 128, Name = $"{method.Title}, seed {seed}" },
            cancellationToken: cancellationToken);
        ReportFile.Save(report, folder.AnswersOf(method, seed));

        // Written last, since it marks the cell as finished.
        new Cell
        {
            Method = method.Name,
            Seed = seed,
            Accuracy = report.Overall.Accuracy.Value,
            TestQuestions = test.Count,
            FormFraction = report.Answers.Average(answer => FormatReward.Score(answer.Text, method.Form)),
            Chance = report.Overall.Chance,
            BlindPrior = BlindPrior.Fit(train).Evaluate(test).Overall.Accuracy.Value,
            Cost = cost,
        }.Save(folder.CellOf(method, seed));
    }

    private static IVqaDataset Shown(IVqaDataset data, Method method) => method.SeesImages ? data : data.BlankImages();

    private async Task<Cost> TrainAsync(
        Method method, int seed, Qwen2VLPolicy policy, IVqaDataset train, CancellationToken cancellationToken)
    {
        string metrics = folder.MetricsOf(method, seed);
        Directory.CreateDirectory(Path.GetDirectoryName(metrics)!);

        // Left over if the same training was killed before.
        File.Delete(metrics);
        using ConsoleProgressSink progress = new(console, interval: 25, accuracyReward: AccuracyReward);
        using JsonLinesSink lines = new(metrics);
        (TrainingReport report, long weights) = await new MethodTrainer(settings.Steps, seed, [progress, lines])
            .TrainAsync(method, policy, train, cancellationToken);
        double[] explained = [.. report.History.TakeLast(20)
            .Where(step => step.Values.ContainsKey(TrainingMetricNames.ExplainedVariance))
            .Select(step => step.Values[TrainingMetricNames.ExplainedVariance])];
        using Process self = Process.GetCurrentProcess();
        return new Cost
        {
            TrainingSeconds = report.Seconds,
            StepSeconds = Median(report, TrainingMetricNames.StepSeconds),
            SampleSeconds = Median(report, TrainingMetricNames.SampleSeconds),
            PeakMemoryBytes = self.PeakWorkingSet64,
            LearningWeights = weights,
            ExplainedVariance = explained.Length == 0 ? null : explained.Average(),
        };
    }

    private static double Median(TrainingReport report, string name) =>
        report.History.Select(step => step.Values.GetValueOrDefault(name)).Median();
}
