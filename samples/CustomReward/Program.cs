using MedR1;
using MedR1.Datasets;
using MedR1.Losses;
using MedR1.Models.Qwen2VL;
using MedR1.Samples;
using MedR1.Samples.CustomReward;
using MedR1.Samples.QuickStart;
using MedR1.Training;

return await Mistakes.ReportAsync(TrainAsync);

async Task TrainAsync()
{
    int steps = StepCount.Read(args, byDefault: 20);
    using Qwen2VLPolicy policy = Qwen2VLPolicy.Load(RepositoryFolder.Find("samples", "QuickStart", "base"));
    using ConsoleProgressSink progress = new(interval: 5);
    using GrpoTrainer trainer = new GrpoTrainerBuilder(policy)
        .UseDataset(RealMini.LoadTrain(RepositoryFolder.Find("data", "real-mini")))
        .UsePrompt(QuickStartPrompt.Template)
        .UseLoss(new GrpoLoss(GrpoLossOptions.DrGrpo))
        .AddReward(new AdmitsDoubtReward())
        .AddReward("short", context => context.Completion.TokenCount <= 10 ? 0.1 : 0.0)
        .AddMetricSink(progress)
        .Configure(options =>
        {
            options.GroupSize = 4;
            options.PromptsPerStep = 16;
            options.MaxSteps = steps;
            options.MaxNewTokens = 16;
            options.LearningRate = 2e-4;
        })
        .Build();
    TrainingReport report = await trainer.RunAsync();
    Console.WriteLine($"{report.Steps} steps in {report.Seconds:F0} s, reward {report.LastMetrics[TrainingMetricNames.Reward]:F3}");
}
