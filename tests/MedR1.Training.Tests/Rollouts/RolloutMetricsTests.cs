using MedR1.Testing;

namespace MedR1.Training.Tests;

public sealed class RolloutMetricsTests
{
    [Theory]
    [InlineData(1, 1.0, 0.0)]
    [InlineData(40, 0.0, null)]
    public async Task Completions_that_ended_have_lengths_of_their_own_which_are_0_where_none_did(
        int maxNewTokens, double truncated, double? expected)
    {
        using TinyPolicy policy = TestData.Policy();
        TrainingReport report = await Runs.Small(policy, options =>
        {
            options.MaxSteps = 1;
            options.MaxNewTokens = maxNewTokens;
        }).UseSampler(new ScriptedSampler("much too long")).RunAsync();

        // TRL writes 0, as the mean, minimum and maximum of a single zero, where no completion of a rollout ended; where
        // all ended they are those of all.
        IReadOnlyDictionary<string, double> values = report.LastMetrics;
        Assert.Equal(truncated, values["completions/clipped_ratio"]);
        foreach (string kind in new[] { "mean", "min", "max" })
        {
            Assert.Equal(
                expected ?? values[$"completions/{kind}_length"], values[$"completions/{kind}_terminated_length"]);
        }
    }
}
