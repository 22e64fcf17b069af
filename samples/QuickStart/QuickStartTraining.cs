using MedR1.Datasets;
using MedR1.Evaluation;
using MedR1.Losses;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.Rewards;
using MedR1.Training;

namespace MedR1.Samples.QuickStart;

/// <summary>One of the run's trainings by GRPO: of the model, or of the control.</summary>
/// <param name="settings">What the run takes.</param>
/// <param name="name">The name of its files, and of its lines on the console.</param>
/// <param name="console">Where it says how far it is.</param>
internal sealed class QuickStartTraining(QuickStartSettings settings, string name, TextWriter console)
{
    private const string AccuracyReward = "option_text";

    /// <summary>Trains a policy in place.</summary>
    public async Task<TrainingReport> RunAsync(
        IVisionLanguagePolicy policy, IVqaDataset dataset, CancellationToken cancellationToken)
    {
        using ConsoleProgressSink progress = new(console, interval: 25, accuracyReward: AccuracyReward) { Label = $"{name,-8}" };
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
                options.MaxNewTokens = QuickStartSettings.MaxNewTokens;
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

    // A question comes back with its options in another order: where the right one stands can't be learnt by heart.
    private ConcatDataset InOtherOrders(IVqaDataset questions)
    {
        int passes = (settings.Steps * settings.PromptsPerStep + questions.Count - 1) / questions.Count;
        return new ConcatDataset(
            Enumerable.Range(0, passes).Select(pass => questions.ShuffleOptions(settings.Seed * 1000L + pass)));
    }
}
