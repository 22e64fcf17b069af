using System.Diagnostics;
using System.Text.Json;
using MedR1.Datasets;
using MedR1.Evaluation;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.Sampling;
using MedR1.Training;
using MedR1.Training.Plots;
using TorchSharp;

namespace MedR1.Samples.QuickStart;

/// <summary>The whole run: scores, trains by GRPO next to a control that sees no images, scores again, and writes the results.</summary>
internal sealed class QuickStartRun(QuickStartSettings settings, TextWriter console)
{
    private const long ImageBytes = 512L << 20;
    private const long TestImageBytes = 96L << 20;
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public async Task<QuickStartSummary> RunAsync(CancellationToken cancellationToken)
    {
        Stopwatch clock = Stopwatch.StartNew();
        Directory.CreateDirectory(settings.Output);
        IVqaDataset train = RealMini.LoadTrain(settings.Data, cancellationToken);
        IVqaDataset test = RealMini.LoadTest(settings.Data, cancellationToken);
        ReportOrigin start = new()
        {
            Model = Path.GetFileName(Path.TrimEndingDirectorySeparator(settings.Checkpoint)),
            ModelHash = ContentHash.OfFolder(settings.Checkpoint, cancellationToken: cancellationToken),
        };
        ReportOrigin end = start with { Seed = settings.Seed, Training = $"then {settings.Steps} steps of GRPO" };
        EvaluationReport zeroShot = await ScoreBaseAsync(train, test, start, cancellationToken);

        (TrainedModel model, TrainedModel? control) = await TrainAsync(train, test, end, cancellationToken);
        EvaluationReport blind = BlindPrior.Fit(train).Evaluate(test);
        CurvePlot.Save(
            Path.Combine(settings.Output, "curves.png"), model.Training.History,
            new CurvePlotOptions { Title = "Quick start: GRPO on real-mini" });
        CompletionPage.Write(Path.Combine(settings.Output, "completions.md"), zeroShot, model.Test);
        EvaluationReport[] reports = control is null ? [zeroShot, model.Test, blind] : [zeroShot, model.Test, control.Test, blind];
        string table = ReportTable.ToText(reports);
        File.WriteAllText(Path.Combine(settings.Output, "report.md"), ReportTable.ToMarkdown(reports));
        QuickStartSummary summary = new(
            zeroShot.Overall.Accuracy.Value, model.Test.Overall.Accuracy.Value, blind.Overall.Accuracy.Value,
            control?.Test.Overall.Accuracy.Value, zeroShot.Overall.Chance, clock.Elapsed.TotalSeconds, settings.Seed)
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

    private async Task<EvaluationReport> ScoreBaseAsync(
        IVqaDataset train, IVqaDataset test, ReportOrigin origin, CancellationToken cancellationToken)
    {
        using Qwen2VLPolicy policy = Load(cancellationToken);
        console.WriteLine(
            $"Qwen2-VL with {policy.Parameters.Sum(parameter => parameter.Value.numel()):N0} weights; {train.Count:N0} training and " +
            $"{test.Count:N0} test questions about real medical images.");
        EvaluationReport zeroShot = await EvaluateAsync(policy, test, "zero-shot", origin, cancellationToken);
        console.WriteLine($"Zero-shot: {zeroShot.Overall.Accuracy.Value:P1} (chance {zeroShot.Overall.Chance:P1}).");
        return zeroShot;
    }

    // Two trainings of a small model, each on half of the processors, take less time than one after the other on all of them: a small
    // operator gains little from a second thread.
    private async Task<(TrainedModel Model, TrainedModel? Control)> TrainAsync(
        IVqaDataset train, IVqaDataset test, ReportOrigin origin, CancellationToken cancellationToken)
    {
        if (!settings.WithControl)
        {
            console.WriteLine("Training by GRPO:");
            return (await ModelAsync(cancellationToken), null);
        }

        console.WriteLine("Training by GRPO (grpo), and at the same time on blank images (control):");
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        int threads = torch.get_num_threads();
        torch.set_num_threads(Math.Max(1, threads / 2));
        try
        {
            TrainedModel[] both = await Task.WhenAll(OrStopAsync(ModelAsync), OrStopAsync(ControlAsync));
            return (both[0], both[1]);
        }
        finally
        {
            torch.set_num_threads(threads);
        }

        Task<TrainedModel> ModelAsync(CancellationToken token) =>
            TrainOneAsync(settings, "grpo", "after GRPO", train, test, origin, Path.Combine(settings.Output, "checkpoint"), token);

        // What the control reaches does not come from the images. Varying a blank image leaves it blank.
        Task<TrainedModel> ControlAsync(CancellationToken token) =>
            TrainOneAsync(
                settings with { AugmentsImages = false }, "control", "question only", train.BlankImages(), test.BlankImages(), origin,
                checkpoint: null, token);

        // If one fails, the other isn't waited for.
        async Task<TrainedModel> OrStopAsync(Func<CancellationToken, Task<TrainedModel>> training)
        {
            try
            {
                return await training(stop.Token);
            }
            catch
            {
                await stop.CancelAsync();
                throw;
            }
        }
    }

    private async Task<TrainedModel> TrainOneAsync(
        QuickStartSettings own, string name, string title, IVqaDataset train, IVqaDataset test, ReportOrigin origin, string? checkpoint,
        CancellationToken cancellationToken)
    {
        using Qwen2VLPolicy policy = Load(cancellationToken);
        TrainingReport training = await new QuickStartTraining(own, name, console).RunAsync(policy, train, cancellationToken);
        EvaluationReport evaluation = await EvaluateAsync(policy, test, title, origin, cancellationToken);
        console.WriteLine($"{evaluation.Name}: {evaluation.Overall.Accuracy.Value:P1}.");
        if (checkpoint is not null)
        {
            policy.Save(checkpoint, cancellationToken);
        }

        return new TrainedModel(training, evaluation);
    }

    // Many questions share an image, and each question occurs several times, so that images are prepared once. Augmented images are never
    // reused.
    private Qwen2VLPolicy Load(CancellationToken cancellationToken) => Qwen2VLPolicy.Load(
        settings.Checkpoint,
        Qwen2VLProcessor.Load(settings.Checkpoint, new ImageProcessorOptions { CacheBytes = settings.AugmentsImages ? TestImageBytes : ImageBytes }),
        cancellationToken: cancellationToken);

    private static Task<EvaluationReport> EvaluateAsync(
        IVisionLanguagePolicy policy, IVqaDataset dataset, string name, ReportOrigin origin,
        CancellationToken cancellationToken) =>
        Evaluator.EvaluateAsync(
            new LocalSampler(policy), dataset, QuickStartPrompt.Template, QuickStartPrompt.Rule,
            new EvaluationOptions { MaxNewTokens = QuickStartSettings.MaxNewTokens, BatchSize = 128, Name = name, Origin = origin },
            cancellationToken: cancellationToken);
}
