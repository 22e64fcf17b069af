using MedR1.Losses;
using MedR1.Modeling;
using MedR1.Training;

namespace MedR1.Samples.CrossModality;

/// <summary>Trains a model on one domain, by GRPO or supervised, and continues where a killed training stopped.</summary>
internal sealed class DomainTrainer(ProtocolSettings settings, TextWriter console)
{
    public const string Grpo = "GRPO";
    public const string Supervised = "SFT";
    private const int SaveInterval = 50;

    public async Task TrainAsync(
        string method, IVisionLanguagePolicy policy, IVqaDataset dataset, string folder, string metrics,
        CancellationToken cancellationToken)
    {
        using JsonLinesSink lines = new(metrics);
        using ConsoleProgressSink progress = new(console, interval: 10, accuracyReward: settings.Style.Accuracy.Name);
        await (method == Grpo
            ? GrpoAsync(policy, dataset, folder, [lines, progress], cancellationToken)
            : SupervisedAsync(policy, dataset, folder, [lines, progress], cancellationToken));
    }

    public string Describe(string method, string domain) => method == Grpo
        ? $"GRPO on {domain}, {Length} of {settings.PromptsPerStep} questions × {settings.GroupSize} answers, "
            + FormattableString.Invariant($"learning rate {settings.LearningRate}, KL {settings.KlCoefficient}")
        : $"SFT on {domain}, {Length} of {settings.ExamplesPerStep} questions, "
            + FormattableString.Invariant($"learning rate {settings.SupervisedLearningRate}");

    private string Length => settings.Steps is int steps ? $"{steps} steps" : "one epoch in steps";

    private async Task GrpoAsync(
        IVisionLanguagePolicy policy, IVqaDataset dataset, string folder, IMetricSink[] sinks, CancellationToken cancellationToken)
    {
        GrpoTrainerBuilder builder = new GrpoTrainerBuilder(policy)
            .UseDataset(dataset)
            .ResumeIfAny(folder)
            .UsePrompt(settings.Style.TrainingPrompt)
            .UseLoss(new GrpoLoss(GrpoLossOptions.MedR1 with { KlCoefficient = settings.KlCoefficient }))
            .AddReward(settings.Style.Accuracy)
            .AddReward(new Rewards.FormatReward(settings.Style.Format), settings.Style.FormatWeight)
            .Configure(options =>
            {
                Common(options, folder);
                options.GroupSize = settings.GroupSize;
                options.PromptsPerStep = Math.Min(settings.PromptsPerStep, dataset.Count);
                options.MaxNewTokens = settings.MaxNewTokens;
                options.LearningRate = settings.LearningRate;
                options.MeasureEntropy = false;
                options.SkipCompletionsWithoutGradient = settings.KlCoefficient == 0;
            });
        foreach (IMetricSink sink in sinks)
        {
            builder.AddMetricSink(sink);
        }

        using GrpoTrainer trainer = builder.Build();
        await trainer.RunAsync(cancellationToken);
    }

    private async Task SupervisedAsync(
        IVisionLanguagePolicy policy, IVqaDataset dataset, string folder, IMetricSink[] sinks, CancellationToken cancellationToken)
    {
        AnswerStyle style = settings.Style;
        SupervisedExample[] examples =
        [
            .. dataset.Select(
                example => SupervisedExample.Answer(style.TrainingPrompt.Format(example), style.Target(example))),
        ];
        SftTrainerBuilder builder = new SftTrainerBuilder(policy)
            .UseExamples(examples)
            .ResumeIfAny(folder)
            .Configure(options =>
            {
                Common(options, folder);
                options.ExamplesPerStep = Math.Min(settings.ExamplesPerStep, examples.Length);
                options.ExamplesPerMicroBatch = Math.Min(16, options.ExamplesPerStep);
                options.LearningRate = settings.SupervisedLearningRate;
            });
        foreach (IMetricSink sink in sinks)
        {
            builder.AddMetricSink(sink);
        }

        using SftTrainer trainer = builder.Build();
        await trainer.RunAsync(cancellationToken);
    }

    private void Common(TrainerOptions options, string folder)
    {
        options.MaxSteps = settings.Steps;
        options.Seed = settings.Seed;
        options.OutputFolder = folder;
        options.SaveInterval = SaveInterval;
    }
}
