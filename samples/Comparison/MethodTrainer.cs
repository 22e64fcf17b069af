using MedR1.Losses;
using MedR1.Models.Qwen2VL;
using MedR1.Rewards;
using MedR1.Training;

namespace MedR1.Samples.Comparison;

/// <summary>
/// Trains a model with one method. All methods see the same questions as printed; they differ only in their algorithm.
/// </summary>
internal sealed class MethodTrainer(int steps, int seed, IReadOnlyList<IMetricSink> sinks)
{
    /// <returns>The report and the number of trained weights.</returns>
    public Task<(TrainingReport Report, long Weights)> TrainAsync(
        Method method, Qwen2VLPolicy policy, IVqaDataset data, CancellationToken cancellationToken) => method.Name switch
        {
            "sft" => SupervisedAsync(method, policy, data, cancellationToken),
            "ppo" => PpoAsync(method, policy, data, cancellationToken),
            _ => GrpoAsync(method, policy, data, cancellationToken),
        };

    private async Task<(TrainingReport Report, long Weights)> GrpoAsync(
        Method method, Qwen2VLPolicy policy, IVqaDataset data, CancellationToken cancellationToken)
    {
        if (method.Thinks)
        {
            await ColdStart.RunAsync(method, policy, data, steps, seed, cancellationToken);
        }

        GrpoTrainerBuilder builder = Rollouts(new GrpoTrainerBuilder(policy), method, data)
            .UseLoss(new GrpoLoss(GrpoLossOptions.MedR1 with { KlCoefficient = 0 }))
            .Configure(options => options.SkipCompletionsWithoutGradient = true);
        using GrpoTrainer trainer = builder.Build();
        return (await trainer.RunAsync(cancellationToken), WeightsOf(policy));
    }

    // As many questions and answers as GRPO, one update of each half per rollout, and no reference either.
    private async Task<(TrainingReport Report, long Weights)> PpoAsync(
        Method method, Qwen2VLPolicy policy, IVqaDataset data, CancellationToken cancellationToken)
    {
        PpoTrainerBuilder builder = Rollouts(new PpoTrainerBuilder(policy), method, data)
            .UseTargets(PpoTargetOptions.LanguageModel with { KlCoefficient = 0 })
            .Configure(options => options.CriticLearningRate = ComparisonSettings.LearningRate);
        using PpoTrainer trainer = builder.Build();
        TrainingReport report = await trainer.RunAsync(cancellationToken);
        return (report, WeightsOf(policy) + trainer.Critic.Parameters.Sum(pair => pair.Value.numel()));
    }

    private async Task<(TrainingReport Report, long Weights)> SupervisedAsync(
        Method method, Qwen2VLPolicy policy, IVqaDataset data, CancellationToken cancellationToken)
    {
        using SftTrainer trainer = Common(new SftTrainerBuilder(policy))
            .UseExamples([.. data.Select(example => SupervisedExample.Answer(
                method.Template.Format(example), $"<answer>{example.Answer}</answer>"))])
            .Configure(options =>
            {
                options.ExamplesPerStep = ComparisonSettings.PromptsPerStep;
                options.ExamplesPerMicroBatch = ComparisonSettings.PromptsPerStep;
            })
            .Build();
        return (await trainer.RunAsync(cancellationToken), WeightsOf(policy));
    }

    private TBuilder Rollouts<TBuilder, TOptions>(
        RolloutTrainerBuilder<TBuilder, TOptions> builder, Method method, IVqaDataset data)
        where TBuilder : RolloutTrainerBuilder<TBuilder, TOptions>
        where TOptions : RolloutTrainerOptions, new() =>
        Common(builder)
            .UseDataset(data)
            .UsePrompt(method.Template)
            .AddReward(new OptionTextReward())
            .AddReward(new FormatReward(method.Form), method.FormWeight)
            .Configure(options =>
            {
                options.PromptsPerStep = ComparisonSettings.PromptsPerStep;
                options.GroupSize = ComparisonSettings.GroupSize;
                options.MaxNewTokens = method.MaxNewTokens;
                options.MeasureEntropy = false;
            });

    private TBuilder Common<TBuilder, TOptions>(TrainerBuilder<TBuilder, TOptions> builder)
        where TBuilder : TrainerBuilder<TBuilder, TOptions>
        where TOptions : TrainerOptions, new()
    {
        foreach (IMetricSink sink in sinks)
        {
            builder.AddMetricSink(sink);
        }

        return builder.Configure(options =>
        {
            options.MaxSteps = steps;
            options.Seed = seed;
            options.LearningRate = ComparisonSettings.LearningRate;
            options.Schedule = LearningRateDecay.Linear;
            options.Warmup = 10;

            // The default of 0.999 averages over more steps than the run has.
            options.Optimizer = options.Optimizer with { Beta2 = 0.98 };
        });
    }

    private static long WeightsOf(Qwen2VLPolicy policy) => policy.Parameters.Sum(pair => pair.Value.numel());
}
