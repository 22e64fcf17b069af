using MedR1.Testing;

namespace MedR1.Training.Tests;

public sealed class RolloutMetricsTests
{
    [Theory]
    [InlineData(1, 1.0, 0.0)]
    [InlineData(40, 0.0, null)]
    public async Task Lengths_of_ended_completions_are_separate_metrics_and_0_if_none_ended(
        int maxNewTokens, double truncated, double? expected)
    {
        using TinyPolicy policy = TestData.Policy();
        TrainingReport report = await Runs.Small(policy, options =>
        {
            options.MaxSteps = 1;
            options.MaxNewTokens = maxNewTokens;
        }).UseSampler(new ScriptedSampler("much too long")).RunAsync();

        // If no completion of a rollout ended, TRL logs 0, the mean, minimum and maximum of a single zero; if
        // all ended, they are those of all.
        IReadOnlyDictionary<string, double> values = report.LastMetrics;
        Assert.Equal(truncated, values["completions/clipped_ratio"]);
        foreach (string kind in new[] { "mean", "min", "max" })
        {
            Assert.Equal(
                expected ?? values[$"completions/{kind}_length"], values[$"completions/{kind}_terminated_length"]);
        }
    }
}
