using MedR1.Losses;
using MedR1.Modeling;
using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>Small runs shared by tests of single features.</summary>
internal static class Runs
{
    /// <summary>Eight steps over five prompts whose reward is the share of small tokens.</summary>
    public static GrpoTrainerBuilder Small(
        IVisionLanguagePolicy policy, Action<GrpoTrainerOptions> configure, IPolicyLoss? loss = null, int prompts = 5) =>
        new GrpoTrainerBuilder(policy)
            .UsePrompts(TestData.Prompts(prompts))
            .UseLoss(loss ?? new GrpoLoss(GrpoLossOptions.MedR1))
            .AddReward("small", context => context.Completion.TokenIds.Average(id => id < 64 ? 1.0 : 0.0))
            .Configure(options =>
            {
                options.PromptsPerStep = 2;
                options.MaxSteps = 8;
                options.MaxNewTokens = 6;
                options.LearningRate = 0.01;
            })
            .Configure(configure);

    /// <summary>Three steps over four prompts with given answers, whose reward is their length.</summary>
    public static GrpoTrainerBuilder Scripted(IVisionLanguagePolicy policy, IPolicyLoss? loss = null) => new GrpoTrainerBuilder(policy)
        .UsePrompts(TestData.Prompts(4))
        .UseSampler(new ScriptedSampler(Gradients.Answers))
        .UseLoss(loss ?? new GrpoLoss(GrpoLossOptions.MedR1 with { KlCoefficient = 0 }))
        .AddReward("length", context => context.Completion.TokenCount)
        .Configure(options =>
        {
            options.GroupSize = 4;
            options.PromptsPerStep = 2;
            options.MaxSteps = 3;
            options.LearningRate = 0.01;
            options.MaxNewTokens = 16;
        });

    /// <summary>Builds, runs and disposes.</summary>
    public static async Task<TrainingReport> RunAsync(
        this GrpoTrainerBuilder builder, CancellationToken cancellationToken = default)
    {
        using GrpoTrainer trainer = builder.Build();
        return await trainer.RunAsync(cancellationToken);
    }

    /// <summary>The measurements of a step that don't depend on the clock.</summary>
    public static Dictionary<string, double> Untimed(StepMetrics metrics) =>
        metrics.Values.Where(pair => !IsTimed(pair.Key)).ToDictionary();

    /// <summary>Whether a measurement depends on the clock.</summary>
    public static bool IsTimed(string name) => name is "step_time" or "tokens_per_second"
        || name.StartsWith("time/", StringComparison.Ordinal);
}
