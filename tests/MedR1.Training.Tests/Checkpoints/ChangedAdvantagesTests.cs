using MedR1.Losses;
using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>A run resumes with its advantage estimator, or with another only on purpose.</summary>
public sealed class ChangedAdvantagesTests : ChangedRunTests
{
    // With two steps of a rollout, the run is resumed at the second step of one, with the advantages in the checkpoint.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_resumed_run_equals_an_uninterrupted_one_bit_for_bit(int stepsPerGeneration)
    {
        void Configure(GrpoTrainerOptions options)
        {
            options.StepsPerGeneration = stepsPerGeneration;
            options.SaveInterval = 1;
        }

        using TinyPolicy whole = TestData.Policy();
        TrainingReport straight = await Builder(whole, Configure).UseAdvantages(new MedianBaseline(3)).RunAsync();
        using TinyPolicy plain = TestData.Policy();
        await Builder(plain, Configure).RunAsync();
        Assert.NotEqual(TestData.Weights(whole), TestData.Weights(plain));

        using TinyPolicy first = TestData.Policy();
        using CancellationTokenSource source = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Builder(first, Configure).UseAdvantages(new MedianBaseline(3))
            .AddObserver(new AtStep(4, source.Cancel)).RunAsync(source.Token));
        using TinyPolicy second = TestData.Policy();
        TrainingReport resumed = await Builder(second, Configure).UseAdvantages(new MedianBaseline(3)).ResumeFrom(Folder).RunAsync();

        Assert.Equal(4, resumed.History[0].Step);
        Assert.Equal(TestData.Weights(whole), TestData.Weights(second));
        Assert.Equal(straight.History.Skip(3).Select(Runs.Untimed), resumed.History.Select(Runs.Untimed));
    }

    [Fact]
    public async Task Another_estimator_is_refused()
    {
        await SaveAsync();
        Assert.Equal(
            ["advantages was AdvantageOptions and is MedianBaseline"],
            Differences(Refusal(_ => { }, builder => builder.UseAdvantages(new MedianBaseline()))));
        Assert.EndsWith(
            ".AllowChangedSettings(\"advantages\").",
            Refusal(_ => { }, builder => builder.UseAdvantages(new OpoAdvantages())).Message, StringComparison.Ordinal);
        Assert.Equal(
            ["advantages.Scale was Group and is None"],
            Differences(Refusal(_ => { }, builder => builder.UseAdvantages(new GroupAdvantages(AdvantageOptions.DrGrpo)))));

        using TinyPolicy policy = TestData.Policy(), other = TestData.Policy();
        Builder(policy, _ => { }).UseAdvantages(new GroupAdvantages(AdvantageOptions.Grpo)).ResumeFrom(Folder).Build().Dispose();
        Builder(other, _ => { }).UseAdvantages(new MedianBaseline()).ResumeFrom(Folder).AllowChangedSettings("advantages")
            .Build().Dispose();
    }

    [Fact]
    public async Task One_that_is_a_record_is_compared_by_its_properties()
    {
        await SaveAsync(new Outer(new PassAtKAdvantages { Epsilon = 1e-6 }, new GroupAdvantages(AdvantageOptions.Rloo)));
        Assert.Equal(
            ["advantages.First.DividesByDeviation was false and is true", "advantages.First.Epsilon was 1E-06 and is 0.0001",
                "advantages.Second.Baseline was LeaveOneOut and is GroupMean"],
            Differences(Refusal(new Outer(
                new PassAtKAdvantages { DividesByDeviation = true }, new GroupAdvantages(AdvantageOptions.DrGrpo)))));
        Assert.Equal(
            ["advantages.Second was GroupAdvantages and is MedianBaseline"],
            Differences(Refusal(new Outer(new PassAtKAdvantages { Epsilon = 1e-6 }, new MedianBaseline()))));
        Assert.Equal(["advantages was Outer and is AdvantageOptions"], Differences(Refusal(_ => { })));
    }

    [Fact]
    public async Task One_that_is_no_record_is_compared_by_its_name()
    {
        await SaveAsync(new DelegateEstimator(inputs => new double[inputs.Count]));
        Assert.Equal(
            ["advantages was DelegateEstimator and is MedianBaseline"], Differences(Refusal(new MedianBaseline())));
        using TinyPolicy policy = TestData.Policy();
        Builder(policy, _ => { }).UseAdvantages(new DelegateEstimator(inputs => new double[inputs.Count])).ResumeFrom(Folder)
            .Build().Dispose();
    }

    private async Task SaveAsync(IAdvantageEstimator estimator)
    {
        using TinyPolicy policy = TestData.Policy();
        await Assert.ThrowsAsync<FormatException>(() => Builder(policy, _ => { }).UseAdvantages(estimator)
            .AddObserver(new BrokenParts(nameof(IRolloutObserver.OnGradients), 3, () => new FormatException("broken"))).RunAsync());
    }

    private CheckpointException Refusal(IAdvantageEstimator estimator) =>
        Refusal(_ => { }, builder => builder.UseAdvantages(estimator));

    private sealed record Outer(IAdvantageEstimator First, IAdvantageEstimator Second) : IAdvantageEstimator
    {
        public AdvantageResult Compute(AdvantageInputs inputs) => First.Compute(inputs);
    }
}
