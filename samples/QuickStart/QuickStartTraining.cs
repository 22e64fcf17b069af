using MedR1.Datasets;
using MedR1.Evaluation;
using MedR1.Imaging;
using MedR1.Losses;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.Rewards;
using MedR1.Training;

namespace MedR1.Samples.QuickStart;

/// <summary>One of the run's GRPO trainings: of the model, or of the control.</summary>
/// <param name="settings">The settings of the run.</param>
/// <param name="name">The name of its files, and of its lines on the console.</param>
/// <param name="console">Receives the progress.</param>
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
            .UseDataset(Augmented(dataset))
            .UsePrompt(QuickStartPrompt.Template)
            .UseLoss(new GrpoLoss(GrpoLossOptions.MedR1 with { KlCoefficient = settings.KlCoefficient }))
            // Two options that can't be told apart yet keep each other alive; divided by the deviation, one is given up by chance, and not
            // tried again once they could be told apart.
            .UseAdvantages(AdvantageOptions.MaxRl)
            .AddReward(new OptionTextReward())
            // Every answer soon earns this reward, and a reward that all earn adds to the mean that MaxRl divides by: so it is small.
            .AddReward(new FormatReward(FormatStyle.NoThink), weight: 0.05)
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

                // The default of 0.999 averages over more steps than the run has.
                options.Optimizer = options.Optimizer with { Beta2 = 0.98 };
                options.Warmup = 10;
                options.Seed = settings.Seed;
                options.MeasureEntropy = false;

                // A question with its options in a different order is a different prompt.
                options.PromptCacheBytes = 0;
                options.SkipCompletionsWithoutGradient = settings.KlCoefficient == 0;
            })
            .Build();
        return await trainer.RunAsync(cancellationToken);
    }

    // A question is repeated with its options in a different order, and perhaps its image augmented: neither the position of the
    // right option nor the image can be memorised.
    private ConcatDataset Augmented(IVqaDataset questions)
    {
        SkiaImageDecoder decoder = new();
        int passes = (settings.Steps * settings.PromptsPerStep + questions.Count - 1) / questions.Count;
        return new ConcatDataset(Enumerable.Range(0, passes).Select(Pass));

        IVqaDataset Pass(int pass)
        {
            long seed = settings.Seed * 1000L + pass;
            IVqaDataset shuffled = questions.ShuffleOptions(seed);
            return settings.AugmentsImages ? shuffled.AugmentImages(seed, image => decoder.Load(image)) : shuffled;
        }
    }
}
