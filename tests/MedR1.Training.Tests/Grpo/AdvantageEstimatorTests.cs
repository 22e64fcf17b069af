using MedR1.Losses;
using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>Training with an advantage estimator of one's own.</summary>
public sealed class AdvantageEstimatorTests
{
    [Fact]
    public async Task Its_advantages_are_those_of_the_rollout()
    {
        // With the length as the other reward, the totals of a group are 0, 1, 2 and 9, whose median is 1.5.
        RolloutList rollouts = [];
        using TinyPolicy policy = TestData.Policy();
        await Runs.Scripted(policy)
            .UseAdvantages(new MedianBaseline())
            .AddReward("sample", context => new[] { 0, 1, 2, 9 }[context.Completion.SampleIndex] - context.Completion.TokenCount)
            .AddObserver(rollouts).RunAsync();

        Assert.Equal(3, rollouts.Count);
        Assert.All(rollouts.SelectMany(rollout => rollout.Advantages), group => Assert.Equal([-1.5, -0.5, 0.5, 7.5], group));
    }

    [Fact]
    public async Task It_is_given_rewards_weights_groups_and_lengths()
    {
        DelegateEstimator estimator = new(inputs => new double[inputs.Count]);
        RolloutList rollouts = [];
        using TinyPolicy policy = TestData.Policy();
        await Runs.Scripted(policy).UseAdvantages(estimator)
            .AddReward("even", context => context.Completion.SampleIndex % 2 == 0 ? 1 : null, weight: 0.5)
            .AddReward("fragile", context => context.Completion.SampleIndex == 3 ? throw new FormatException("tag") : 7, weight: 0)
            .AddObserver(rollouts).Configure(options => options.MaxSteps = 1).RunAsync();

        AdvantageInputs inputs = Assert.Single(estimator.Given);
        int[] lengths = [.. rollouts[0].Groups.SelectMany(group => group.Completions).Select(completion => completion.TokenCount)];
        Assert.True(lengths.Distinct().Count() > 2);
        Assert.Equal(lengths, inputs.TokenCounts);
        Assert.Equal([0L, 0, 0, 0, 1, 1, 1, 1], inputs.GroupIds);
        Assert.Equal([1.0, 0.5, 0], inputs.Weights);
        Assert.Equal([lengths[0], 1, 7], inputs.Rewards[0]);
        Assert.Equal([lengths[5], null, 7], inputs.Rewards[5]);

        // A reward failed: none of the completion's rewards counts.
        Assert.Equal([null, null, null], inputs.Rewards[7]);
        Assert.Equal([lengths[4] + 0.5, lengths[5], lengths[6] + 0.5, null], inputs.Totals.Skip(4));
    }

    [Fact]
    public async Task One_that_computes_what_the_default_does_trains_the_same_weights()
    {
        using TinyPolicy policy = TestData.Policy(), other = TestData.Policy();
        TrainingReport report = await Runs.Small(policy, _ => { }).RunAsync();
        DelegateEstimator same = new(inputs => GroupAdvantages.Compute(inputs.Rewards, inputs.Weights, inputs.GroupIds).Advantages);
        TrainingReport again = await Runs.Small(other, _ => { }).UseAdvantages(same).RunAsync();

        Assert.Equal(TestData.Weights(policy), TestData.Weights(other));
        Assert.Equal(report.History.Select(Runs.Untimed), again.History.Select(Runs.Untimed));
    }

    [Fact]
    public async Task The_optimal_baseline_uses_the_lengths_of_the_completions()
    {
        RolloutList rollouts = [];
        using TinyPolicy policy = TestData.Policy();
        await Runs.Scripted(policy).UseAdvantages(new OpoAdvantages()).AddObserver(rollouts)
            .Configure(options => options.MaxSteps = 1).RunAsync();

        // The reward is the length: the baseline is Σ l² / Σ l.
        Assert.All(rollouts[0].Groups.Zip(rollouts[0].Advantages), pair =>
        {
            double[] lengths = [.. pair.First.Completions.Select(completion => (double)completion.TokenCount)];
            double baseline = lengths.Sum(length => length * length) / lengths.Sum();
            Assert.All(lengths.Zip(pair.Second), each => Assert.Equal(each.First - baseline, each.Second, 1e-13));
        });
    }

    [Theory]
    [InlineData(double.NaN, 8, "the advantage of completion 1 is NaN; its total is ")]
    [InlineData(1, 3, "it returned 3 advantages for 8 completions: return one for each, in their order.")]
    public async Task A_result_that_cannot_be_learnt_from_ends_the_run(double advantage, int count, string problem)
    {
        using TinyPolicy policy = TestData.Policy();
        float[][] weights = TestData.Weights(policy);
        DelegateEstimator wrong = new(inputs => [.. Enumerable.Range(0, count).Select(row => row == 1 ? advantage : 0)]);
        InvalidAdvantagesException exception = await Assert.ThrowsAsync<InvalidAdvantagesException>(
            () => Runs.Scripted(policy).UseAdvantages(wrong).RunAsync());

        Assert.StartsWith($"The advantage estimator DelegateEstimator can't be used: {problem}", exception.Message, StringComparison.Ordinal);
        Assert.Equal(weights, TestData.Weights(policy));
    }

    [Fact]
    public async Task A_failed_reward_does_not_count_as_zero()
    {
        using TinyPolicy policy = TestData.Policy();
        DelegateEstimator careless = new(inputs => [.. inputs.Totals.Select(total => (total ?? 0) - 0.5)]);
        InvalidAdvantagesException exception = await Assert.ThrowsAsync<InvalidAdvantagesException>(() => Runs.Scripted(policy)
            .UseAdvantages(careless)
            .AddReward("fragile", context => context.Completion.SampleIndex == 2 ? double.NaN : 0).RunAsync());

        Assert.Contains("the advantage of completion 2 is -0.5, but it has no total", exception.Message);
    }

    [Fact]
    public async Task Its_own_exception_ends_the_run()
    {
        using TinyPolicy policy = TestData.Policy();
        FormatException own = new("own");
        Assert.Same(own, await Assert.ThrowsAsync<FormatException>(
            () => Runs.Scripted(policy).UseAdvantages(new DelegateEstimator(_ => throw own)).RunAsync()));
        TimeoutException cancelled = await Assert.ThrowsAsync<TimeoutException>(() => Runs.Scripted(policy)
            .UseAdvantages(new DelegateEstimator(_ => throw new OperationCanceledException("The time is over."))).RunAsync());
        Assert.StartsWith("The advantage estimator DelegateEstimator was cancelled, although the run was not", cancelled.Message);
    }

    // A total of 1e20 squared is beyond 3.4e38, where float32 ends; whether an estimator of one's own divides by a deviation is unknown.
    [Fact]
    public async Task A_total_that_could_have_an_infinite_gradient_is_a_failure_of_its_reward()
    {
        using TinyPolicy policy = TestData.Policy();
        TrainingReport report = await Runs.Small(policy, options => options.MaxSteps = 2).UseAdvantages(new OpoAdvantages())
            .AddReward("huge", context => context.Completion.SampleIndex == 0 ? -1e20 : context.Completion.SampleIndex).RunAsync();

        // One of each of two groups, in each of two steps.
        Assert.Equal(4, report.RewardFailures["huge"]);
        Assert.Equal(0, report.SkippedSteps);
    }

    [Fact]
    public void There_is_one_estimator_or_one_set_of_options()
    {
        using TinyPolicy policy = TestData.Policy();
        GrpoTrainerBuilder builder = new GrpoTrainerBuilder(policy).UseAdvantages(new OpoAdvantages());
        Assert.StartsWith(
            "UseAdvantages was already called",
            Assert.Throws<InvalidOperationException>(() => builder.UseAdvantages(AdvantageOptions.Grpo)).Message);
        Assert.Throws<InvalidOperationException>(() => builder.UseAdvantages(new GpgAdvantages()));
        Assert.Throws<ArgumentNullException>(() => new GrpoTrainerBuilder(policy).UseAdvantages((IAdvantageEstimator)null!));
    }
}
