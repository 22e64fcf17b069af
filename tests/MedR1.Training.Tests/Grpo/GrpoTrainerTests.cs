using MedR1.Losses;
using MedR1.Testing;

namespace MedR1.Training.Tests;

public sealed class GrpoTrainerTests
{
    [Fact]
    public async Task Learns_to_say_what_is_rewarded()
    {
        using TinyPolicy policy = TestData.Policy();
        using GrpoTrainer trainer = new GrpoTrainerBuilder(policy)
            .UsePrompts(TestData.Prompts(6))
            .UseLoss(new GrpoLoss(GrpoLossOptions.MedR1 with { KlCoefficient = 0 }))
            .AddReward("small", context => context.Completion.TokenIds.Average(id => id < 64 ? 1.0 : 0.0))
            .Configure(options =>
            {
                options.GroupSize = 8;
                options.PromptsPerStep = 4;
                options.MaxSteps = 15;
                options.MaxNewTokens = 8;
                options.LearningRate = 0.02;
            })
            .Build();

        TrainingReport report = await trainer.RunAsync();

        double first = report.History.Take(3).Average(metrics => metrics.Values["reward"]);
        double last = report.History.TakeLast(3).Average(metrics => metrics.Values["reward"]);
        Assert.True(last > first + 0.3, $"{first} → {last}");
    }
}
