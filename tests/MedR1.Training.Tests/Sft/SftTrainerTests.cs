using MedR1.Testing;

namespace MedR1.Training.Tests;

public sealed class SftTrainerTests
{
    [Fact]
    public async Task Learns_examples_by_heart()
    {
        using TinyPolicy policy = TestData.Policy();
        using SftTrainer trainer = new SftTrainerBuilder(policy)
            .UseExamples(TestData.Examples(8))
            .Configure(options =>
            {
                options.ExamplesPerStep = 8;
                options.ExamplesPerMicroStep = 4;
                options.MaxSteps = 60;
                options.LearningRate = 0.02;
            })
            .Build();

        TrainingReport report = await trainer.RunAsync();

        Assert.Equal(60, report.Steps);
        Assert.Equal(0, report.SkippedSteps);
        double first = report.History[0].Values["loss"];
        Assert.True(report.LastMetrics["loss"] < 0.1 * first, $"{first} → {report.LastMetrics["loss"]}");
    }
}
