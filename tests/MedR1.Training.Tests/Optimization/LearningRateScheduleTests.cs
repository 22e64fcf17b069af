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
    public async Task A_warm_up_as_a_share_of_the_steps_is_rounded_up()
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

    public static TheoryData<LearningRateDecay, LearningRateDecayOptions, LearningRateSchedule> Decays => new()
    {
        { LearningRateDecay.Constant, new(), LearningRateSchedule.ConstantWithWarmup(3) },
        { LearningRateDecay.Linear, new(), LearningRateSchedule.Linear(3, 30) },
        { LearningRateDecay.Cosine, new(), LearningRateSchedule.Cosine(3, 30) },
        { LearningRateDecay.Cosine, new() { Cycles = 2 }, LearningRateSchedule.Cosine(3, 30, cycles: 2) },
        { LearningRateDecay.CosineWithRestarts, new(), LearningRateSchedule.CosineWithRestarts(3, 30) },
        { LearningRateDecay.CosineWithRestarts, new() { Cycles = 3 }, LearningRateSchedule.CosineWithRestarts(3, 30, cycles: 3) },
        {
            LearningRateDecay.CosineWithMinLearningRate, new() { MinLearningRateRatio = 0.25, Cycles = 1.5 },
            LearningRateSchedule.CosineWithMinLearningRate(3, 30, 0.25, cycles: 1.5)
        },
        {
            LearningRateDecay.CosineWarmupWithMinLearningRate, new() { MinLearningRateRatio = 0.25, WarmupLearningRateRatio = 0.125, Cycles = 1 },
            LearningRateSchedule.CosineWarmupWithMinLearningRate(3, 30, 0.25, 0.125, cycles: 1)
        },
        {
            LearningRateDecay.Polynomial, new() { MinLearningRateRatio = 0.25, Power = 2 },
            LearningRateSchedule.Polynomial(3, 30, 0.25, power: 2)
        },
        { LearningRateDecay.InverseSquareRoot, new(), LearningRateSchedule.InverseSquareRoot(3) },
        { LearningRateDecay.InverseSquareRoot, new() { Timescale = 7 }, LearningRateSchedule.InverseSquareRoot(3, 7) },

        // A tenth of 30 steps; 5 steps; and a decay for which only 27 are left.
        { LearningRateDecay.WarmupStableDecay, new(), LearningRateSchedule.WarmupStableDecay(3, 24, 3) },
        {
            LearningRateDecay.WarmupStableDecay,
            new()
            {
                DecaySteps = 5, WarmupCurve = RateCurve.Cosine, DecayCurve = RateCurve.OneMinusSquareRoot, MinLearningRateRatio = 0.25,
            },
            LearningRateSchedule.WarmupStableDecay(3, 22, 5, RateCurve.Cosine, RateCurve.OneMinusSquareRoot, 0.25)
        },
        { LearningRateDecay.WarmupStableDecay, new() { DecaySteps = 99, Cycles = 1 }, LearningRateSchedule.WarmupStableDecay(3, 0, 27, cycles: 1) },
    };

    [Theory]
    [MemberData(nameof(Decays))]
    public void Every_schedule_can_be_selected_by_the_options(
        LearningRateDecay decay, LearningRateDecayOptions numbers, LearningRateSchedule expected)
    {
        GrpoTrainerOptions options = new() { Schedule = decay, ScheduleOptions = numbers, Warmup = 0.1 };
        Assert.Empty(numbers.Validate(decay));
        LearningRateSchedule schedule = options.MakeSchedule(30);
        Assert.Equal(expected.Name, schedule.Name);
        Assert.All(Enumerable.Range(0, 35), step => Assert.Equal(expected.Factor(step), schedule.Factor(step)));
    }

    [Fact]
    public void Every_decay_is_tested_above() =>
        Assert.Equal(Enum.GetValues<LearningRateDecay>(), Decays.Select(row => (LearningRateDecay)row[0]).Distinct());

    [Fact]
    public void Invalid_numbers_and_those_that_the_schedule_does_not_use_are_refused()
    {
        LearningRateDecayOptions numbers = new() { MinLearningRateRatio = 1.5, Power = -1, Timescale = 0, DecaySteps = double.NaN };
        Assert.Equal(
            [
                "MinLearningRateRatio is 1.5, expected a fraction of the full rate, from 0 to 1.", "Power is -1, expected a finite number of at least 0.",
                "Timescale is 0, expected at least 1, or null.", "DecaySteps is NaN, expected a finite number of at least 0.",
                "Timescale is 0, expected its default null, since the schedule Polynomial doesn't use it.",
                "DecaySteps is NaN, expected its default 0.1, since the schedule Polynomial doesn't use it.",
            ],
            numbers.Validate(LearningRateDecay.Polynomial));

        using TinyPolicy policy = TestData.Policy();
        GrpoTrainerBuilder builder = Runs.Small(
            policy, options => options.ScheduleOptions = new LearningRateDecayOptions { Cycles = 2 });
        Assert.StartsWith(
            "Cycles is 2, expected its default null, since the schedule Linear doesn't use it.",
            Assert.Single(Assert.Throws<TrainerConfigurationException>(builder.Build).Errors));
    }

    // Each number at the ends of its range, and just outside.
    public static TheoryData<LearningRateDecay, LearningRateDecayOptions, bool> Limits => new()
    {
        { LearningRateDecay.Cosine, new() { Cycles = double.PositiveInfinity }, false },
        { LearningRateDecay.CosineWithMinLearningRate, new() { MinLearningRateRatio = 1 }, true },
        { LearningRateDecay.CosineWithMinLearningRate, new() { MinLearningRateRatio = -0.1 }, false },
        { LearningRateDecay.CosineWarmupWithMinLearningRate, new() { WarmupLearningRateRatio = 0 }, true },
        { LearningRateDecay.CosineWarmupWithMinLearningRate, new() { WarmupLearningRateRatio = 1 }, true },
        { LearningRateDecay.CosineWarmupWithMinLearningRate, new() { WarmupLearningRateRatio = -0.1 }, false },
        { LearningRateDecay.CosineWarmupWithMinLearningRate, new() { WarmupLearningRateRatio = 1.1 }, false },
        { LearningRateDecay.Polynomial, new() { Power = 0 }, true },
        { LearningRateDecay.Polynomial, new() { Power = double.PositiveInfinity }, false },
        { LearningRateDecay.InverseSquareRoot, new() { Timescale = 1 }, true },
        { LearningRateDecay.WarmupStableDecay, new() { DecaySteps = 0 }, true },
        { LearningRateDecay.WarmupStableDecay, new() { DecaySteps = -1 }, false },
        { LearningRateDecay.WarmupStableDecay, new() { DecaySteps = double.PositiveInfinity }, false },
        { LearningRateDecay.WarmupStableDecay, new() { WarmupCurve = (RateCurve)9 }, false },
        { LearningRateDecay.WarmupStableDecay, new() { DecayCurve = (RateCurve)9 }, false },
    };

    [Theory]
    [MemberData(nameof(Limits))]
    public void Numbers_of_a_schedule_have_limits(LearningRateDecay decay, LearningRateDecayOptions numbers, bool isValid)
    {
        Assert.Equal(isValid, numbers.Validate(decay).Count == 0);
        if (isValid)
        {
            GrpoTrainerOptions options = new() { Schedule = decay, ScheduleOptions = numbers, Warmup = 0.1 };
            Assert.All(Enumerable.Range(0, 35), step => Assert.InRange(options.MakeSchedule(30).Factor(step), 0, 1));
        }
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
        // 4 steps after the warm-up: (1 + cos(π·k/4))/2.
        LearningRateSchedule schedule = LearningRateSchedule.Cosine(0, 4);
        double root = Math.Sqrt(0.5);
        double[] expected = [1, (1 + root) / 2, 0.5, (1 - root) / 2, 0];
        for (int step = 0; step < expected.Length; step++)
        {
            Assert.Equal(expected[step], schedule.Factor(step), 1e-15);
        }
    }

    [Fact]
    public void Two_waves_return_to_the_full_rate() =>
        Assert.Equal(1, LearningRateSchedule.Cosine(0, 8, cycles: 2).Factor(4), 1e-15);

    [Fact]
    public void Restarts_begin_at_the_full_rate_again() => Equal(
        [0, 0.5, 1, 0.75, 0.25, 1, 0.75, 0.25, 0, 0], LearningRateSchedule.CosineWithRestarts(2, 8, cycles: 2));

    [Fact]
    public void A_cosine_can_end_above_zero() => Equal(
        [0, 0.5, 1, 0.8681980515339464, 0.55, 0.23180194846605365, 0.1, 0.23180194846605356],
        LearningRateSchedule.CosineWithMinLearningRate(2, 6, 0.1));

    [Fact]
    public void A_warm_up_can_begin_above_zero()
    {
        // transformers: cosine_warmup_with_min_lr, in which everything comes one step earlier.
        Equal(
            [0.5, 1, 0.8681980515339464, 0.55, 0.23180194846605365, 0.1, 0.23180194846605356],
            LearningRateSchedule.CosineWarmupWithMinLearningRate(2, 6, 0.1));
        Equal([0.4, 0.7, 1, 0.775], LearningRateSchedule.CosineWarmupWithMinLearningRate(3, 6, 0.1, warmupLearningRateRatio: 0.4));
    }

    [Fact]
    public void A_polynomial_ends_at_its_final_rate() => Equal(
        [0, 0.5, 1, 0.60625, 0.325, 0.15625, 0.1, 0.1], LearningRateSchedule.Polynomial(2, 6, 0.1, power: 2));

    [Fact]
    public void The_root_of_the_steps_halves_the_rate_after_three_time_scales()
    {
        Assert.Equal(0.5, LearningRateSchedule.InverseSquareRoot(4).Factor(16), 1e-15);
        Assert.Equal(0.5, LearningRateSchedule.InverseSquareRoot(2, timescale: 10).Factor(32), 1e-15);
        Assert.Equal(0.5, LearningRateSchedule.InverseSquareRoot(0).Factor(30_000), 1e-15);
    }

    [Fact]
    public void The_three_stages_rise_stay_and_fall()
    {
        Equal(
            [0.1, 0.55, 1, 1, 1, 0.55, 0.36360389693210715, 0.22057713659400527, 0.1, 0.1],
            LearningRateSchedule.WarmupStableDecay(
                2, 2, 4, RateCurve.Cosine, RateCurve.OneMinusSquareRoot, minLearningRateRatio: 0.1));
        Equal(
            [0, 0.1339745962155614, 0.2928932188134524, 0.5, 1, 0.75, 0.5, 0.25, 0],
            LearningRateSchedule.WarmupStableDecay(4, 0, 4, RateCurve.OneMinusSquareRoot, RateCurve.Linear));
    }

    [Fact]
    public void The_decay_after_the_stable_stage_is_half_a_cosine_or_a_wave()
    {
        // (1 + cos(π·k/4))/2 for k = 0 to 3, then the end; between 0.2 and 1. A whole wave is back at 1 when the last stage ends.
        double root = Math.Sqrt(0.5);
        Equal([0, 1, 1, 1, (1 + root) / 2, 0.5, (1 - root) / 2, 0, 0], LearningRateSchedule.WarmupStableDecay(1, 2, 4));
        Equal([1, 0.6, 0.2, 0.6, 0.2, 0.2], LearningRateSchedule.WarmupStableDecay(0, 0, 4, minLearningRateRatio: 0.2, cycles: 1));
    }

    [Fact]
    public void A_rate_is_the_full_rate_times_the_factor() => Assert.Equal(0.15, LearningRateSchedule.Linear(0, 4).Rate(0.2, 1), 1e-15);

    // From 1 on it is a number of steps, below 1 a share of them.
    [Theory]
    [InlineData(1, 1)]
    [InlineData(0.99, 30)]
    public void A_warm_up_of_1_is_one_step(double warmup, int steps)
    {
        GrpoTrainerOptions options = new() { Schedule = LearningRateDecay.Constant, Warmup = warmup };
        LearningRateSchedule schedule = options.MakeSchedule(30);
        Assert.Equal((0, 1.0 / steps, 1), (schedule.Factor(0), schedule.Factor(1), schedule.Factor(steps)));
    }

    [Fact]
    public void Negative_counts_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.CosineWithRestarts(1, 5, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.CosineWithMinLearningRate(1, 5, 0, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.CosineWarmupWithMinLearningRate(1, 5, -0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.CosineWarmupWithMinLearningRate(1, 5, 0, 1.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.CosineWarmupWithMinLearningRate(1, 5, 0, cycles: double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Polynomial(1, 5, 1.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Polynomial(1, 5, 0, double.PositiveInfinity));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.WarmupStableDecay(1, 1, 1, decayCurve: (RateCurve)9));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.WarmupStableDecay(1, 1, 1, minLearningRateRatio: 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.WarmupStableDecay(1, 1, 1, cycles: double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.WarmupStableDecay(1, -1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.WarmupStableDecay(1, 1, 1, (RateCurve)9));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.CosineWithMinLearningRate(1, 5, 1.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Polynomial(1, 5, 0, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.InverseSquareRoot(1, timescale: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Linear(-1, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Cosine(0, -5));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Constant().Factor(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Cosine(0, 5, double.NaN));
    }

    // Expected numbers are those of transformers' get_scheduler with a learning rate of 1.
    private static void Equal(double[] expected, LearningRateSchedule schedule)
    {
        for (int step = 0; step < expected.Length; step++)
        {
            Assert.Equal(expected[step], schedule.Factor(step), 1e-15);
        }
    }
}
