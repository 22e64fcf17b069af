using MedR1.Modeling;

namespace MedR1.Training.Tests;

/// <summary>Small PPO runs shared by tests.</summary>
internal static class PpoRuns
{
    /// <summary>Eight steps over five prompts whose reward is the share of small tokens.</summary>
    public static PpoTrainerBuilder Small(
        IVisionLanguagePolicy policy, Action<PpoTrainerOptions> configure, int prompts = 5) =>
        new PpoTrainerBuilder(policy)
            .UsePrompts(TestData.Prompts(prompts))
            .AddReward("small", context => context.Completion.TokenIds.Average(id => id < 64 ? 1.0 : 0.0))
            .Configure(options =>
            {
                options.GroupSize = 2;
                options.PromptsPerStep = 2;
                options.MaxSteps = 8;
                options.MaxNewTokens = 6;
                options.LearningRate = 0.01;
                options.CriticLearningRate = 0.01;
            })
            .Configure(configure);

    /// <summary>Builds, runs and disposes.</summary>
    public static async Task<TrainingReport> RunAsync(
        this PpoTrainerBuilder builder, CancellationToken cancellationToken = default)
    {
        using PpoTrainer trainer = builder.Build();
        return await trainer.RunAsync(cancellationToken);
    }

    /// <summary>All numbers of a critic.</summary>
    public static float[][] Weights(ValueModel critic) =>
        [.. critic.Parameters.Select(pair => pair.Value.detach().cpu().contiguous().data<float>().ToArray())];
}
