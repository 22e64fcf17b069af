using MedR1.Losses;
using MedR1.Modeling;
using MedR1.Testing;

namespace MedR1.Training.Tests;

public sealed class AdaptiveEntropyTests
{
    [Fact]
    public async Task The_bonus_grows_while_the_entropy_is_below_the_target_and_acts_one_step_later()
    {
        using TinyPolicy policy = TestData.Policy();
        List<double?> applied = [];
        TrainingReport report = await Runs.Small(policy, options =>
        {
            options.MaxSteps = 4;
            options.AdaptiveEntropy = new AdaptiveEntropyOptions { InitialCoefficient = 0.1, Target = 9, Step = 0.02 };
        }).AddObserver(new GradientRecorder(policy) { MicroStep = pass => applied.Add(pass.Inputs.EntropyCoefficient) })
            .RunAsync();

        // Entropies over a vocabulary of 260 are at most ln 260 = 5.6, below the target, so that the bonus grows each step.
        AssertClose([0.12, 0.14, 0.16, 0.18], report.History.Select(metrics => metrics.Values["entropy_coef"]));
        AssertClose([0, 0.12, 0.14, 0.16], applied.Select(value => value!.Value));
    }

    [Fact]
    public async Task The_target_is_for_the_entropy_of_the_tokens_that_the_bonus_acts_on()
    {
        // In the first step: the mean entropy and the highest, which is the only one that a share of 0 selects.
        (double mean, double highest) = (0, 0);
        async Task<double> RunAsync(double target)
        {
            using TinyPolicy policy = TestData.Policy();
            TrainingReport report = await Runs.Small(
                policy,
                options =>
                {
                    (options.MaxSteps, options.PromptsPerMicroBatch) = (1, 2);
                    options.AdaptiveEntropy = new AdaptiveEntropyOptions { InitialCoefficient = 0.1, Target = target, Step = 0.02 };
                },
                new GrpoLoss(GrpoLossOptions.MedR1 with { TopEntropyQuantile = 0 }))
                .AddObserver(new GradientRecorder(policy)
                {
                    MicroStep = pass => (mean, highest) = (
                        pass.Metrics["entropy"].Value, pass.Inputs.Entropies!.detach().max().item<float>()),
                })
                .RunAsync();
            return report.LastMetrics["entropy_coef"];
        }

        Assert.Equal(0.12, await RunAsync(9), 1e-9);
        Assert.True(mean < highest - 0.01, $"{mean} against {highest}");
        Assert.Equal(0.08, await RunAsync((mean + highest) / 2), 1e-9);
    }

    [Fact]
    public async Task The_bonus_keeps_the_entropy_higher_than_without_it()
    {
        using TinyPolicy without = TestData.Policy();
        TrainingReport plain = await Runs.Small(without, options => options.LearningRate = 0.02).RunAsync();
        using TinyPolicy policy = TestData.Policy();
        TrainingReport report = await Runs.Small(policy, options =>
        {
            options.LearningRate = 0.02;
            options.AdaptiveEntropy = new AdaptiveEntropyOptions { InitialCoefficient = 1, Target = 9, Maximum = 2 };
        }).RunAsync();

        Assert.True(
            report.LastMetrics["entropy"] > plain.LastMetrics["entropy"] + 0.05,
            $"{report.LastMetrics["entropy"]} against {plain.LastMetrics["entropy"]}");
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(false, true, false)]
    [InlineData(false, false, false)]
    public async Task Entropies_have_a_gradient_if_there_is_a_bonus(bool isAdaptive, bool measures, bool withGradient)
    {
        using TinyPolicy policy = TestData.Policy();
        PassRecorder recorder = new(policy);
        await Runs.Small(
            recorder,
            options =>
            {
                options.MaxSteps = 1;
                options.MeasureEntropy = measures;
                options.AdaptiveEntropy = isAdaptive ? new AdaptiveEntropyOptions() : null;
            },
            new GrpoLoss(GrpoLossOptions.Dapo with { MaskTruncatedCompletions = false })).RunAsync();

        TokenStatisticsOptions options = Assert.Single(recorder.Passes).Options;
        Assert.Equal((measures, withGradient), (options.WithEntropies, options.WithEntropyGradient));
    }

    private static void AssertClose(double[] expected, IEnumerable<double> actual) =>
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
}
