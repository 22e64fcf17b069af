using MedR1.Testing;

namespace MedR1.Training.Tests;

public sealed class LearningRateScheduleTests
{
    [Fact]
    public void Constant_is_the_full_rate_from_the_first_step() =>
        Assert.Equal(3e-4, LearningRateSchedule.Constant().Rate(3e-4, 0));

    [Fact]
    public void The_warm_up_rises_from_zero_and_then_stays()
    {
        LearningRateSchedule schedule = LearningRateSchedule.ConstantWithWarmup(4);
        Assert.Equal([0, 0.25, 0.5, 0.75, 1, 1], Enumerable.Range(0, 6).Select(step => schedule.Factor(step)));
    }

    [Fact]
    public async Task A_share_of_the_steps_is_rounded_up()
    {
        // 0.05 × 10 = 0.5 of a step: one step at rate 0.
        using TinyPolicy policy = TestData.Policy();
        TrainingReport report = await Runs.Small(policy, options =>
        {
            options.MaxSteps = 10;
            options.Warmup = 0.05;
            options.Schedule = LearningRateDecay.Constant;
        }).RunAsync();

        Assert.Equal([0, .. Enumerable.Repeat(0.01, 9)], report.History.Select(step => step.Values["learning_rate"]));
    }

    [Fact]
    public void Linear_reaches_zero_at_the_end_and_stays_there()
    {
        LearningRateSchedule schedule = LearningRateSchedule.Linear(2, 6);
        Assert.Equal([0, 0.5, 1, 0.75, 0.5, 0.25, 0, 0], Enumerable.Range(0, 8).Select(step => schedule.Factor(step)));
    }

    [Fact]
    public void Cosine_falls_by_half_a_wave()
    {
        // 4 steps after the rise: (1 + cos(π·k/4))/2.
        LearningRateSchedule schedule = LearningRateSchedule.Cosine(0, 4);
        double root = Math.Sqrt(0.5);
        double[] expected = [1, (1 + root) / 2, 0.5, (1 - root) / 2, 0];
        for (int step = 0; step < expected.Length; step++)
        {
            Assert.Equal(expected[step], schedule.Factor(step), 1e-15);
        }
    }

    [Fact]
    public void Two_waves_come_back_to_the_full_rate() =>
        Assert.Equal(1, LearningRateSchedule.Cosine(0, 8, cycles: 2).Factor(4), 1e-15);

    [Fact]
    public void Negative_counts_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Linear(-1, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Cosine(0, -5));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Constant().Factor(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Cosine(0, 5, double.NaN));
    }
}
