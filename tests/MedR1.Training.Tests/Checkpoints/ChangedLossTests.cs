using MedR1.Losses;
using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>A run resumes with its loss and the settings that follow from it, or with others only on purpose.</summary>
public sealed class ChangedLossTests : ChangedRunTests
{
    [Fact]
    public async Task Loss_advantages_order_and_planner_are_compared()
    {
        await SaveAsync();
        Assert.Equal(
            ["loss.KlCoefficient was 0.04 and is 0.1"],
            Differences(Refusal(_ => { }, loss: new GrpoLoss(GrpoLossOptions.MedR1 with { KlCoefficient = 0.1 }))));
        Assert.Equal(["loss was GrpoLoss and is Other"], Differences(Refusal(_ => { }, loss: new Other())));
        Assert.Equal(
            ["order was ShuffledOrder and is SequentialOrder", "planner was WholeGroupPlanner and is ShuffledRowPlanner",
                "advantages.Scale was Group and is None"],
            Differences(Refusal(_ => { }, builder => builder.UseOrder(new SequentialOrder())
                .UseUpdatePlanner(new ShuffledRowPlanner(1)).UseAdvantages(AdvantageOptions.DrGrpo))));
    }

    [Fact]
    public async Task Skipping_completions_without_gradient_is_compared_if_the_loss_allows_it()
    {
        GrpoLoss loss = new(GrpoLossOptions.Dapo);
        await SaveAsync(loss: loss);
        Assert.Equal(
            ["SkipCompletionsWithoutGradient was none and is on"],
            Differences(Refusal(options => options.SkipCompletionsWithoutGradient = true, loss: loss)));
    }

    [Theory]
    [InlineData(false, 0.04, 0)]
    [InlineData(true, 0.04, 0)]
    [InlineData(true, 0, 0.04)]
    [InlineData(true, 0.04, 0.1)]
    public async Task Whether_they_can_be_skipped_follows_from_the_loss(bool isNamed, double before, double now)
    {
        GrpoLoss Loss(double coefficient) => new(GrpoLossOptions.Dapo with { KlCoefficient = coefficient });
        await SaveAsync(Skip, Loss(before));
        using TinyPolicy policy = TestData.Policy();
        string[] named = isNamed ? [nameof(GrpoTrainerOptions.SkipCompletionsWithoutGradient)] : [];
        Builder(policy, Skip, Loss(now)).ResumeFrom(Folder).AllowChangedSettings(["loss", .. named]).Build().Dispose();

        static void Skip(GrpoTrainerOptions options) => options.SkipCompletionsWithoutGradient = true;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whether_they_can_be_skipped_follows_from_the_entropy_target(bool wasAdaptive)
    {
        GrpoLoss loss = new(GrpoLossOptions.Dapo);
        await SaveAsync(options => Set(options, wasAdaptive), loss);
        using TinyPolicy policy = TestData.Policy();
        Builder(policy, options => Set(options, !wasAdaptive), loss).ResumeFrom(Folder)
            .AllowChangedSettings(nameof(GrpoTrainerOptions.AdaptiveEntropy)).Build().Dispose();

        static void Set(GrpoTrainerOptions options, bool isAdaptive) =>
            (options.SkipCompletionsWithoutGradient, options.AdaptiveEntropy) = (true, isAdaptive ? new AdaptiveEntropyOptions() : null);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_inner_loss_is_compared_by_its_name_first(bool wasOther)
    {
        Own own = new(1, KlEstimator.K3, null, new GrpoLoss(GrpoLossOptions.Dapo)), other = own with { Inner = new Other() };
        await SaveAsync(loss: wasOther ? other with { Inner = new OtherRecord(own.Inner, 2) } : own);
        Assert.Equal(
            [$"loss.Inner was {(wasOther ? nameof(OtherRecord) : nameof(GrpoLoss))} and is Other"], Differences(Refusal(_ => { }, loss: other)));
        if (wasOther)
        {
            Assert.Equal(["loss.Inner was OtherRecord and is GrpoLoss"], Differences(Refusal(_ => { }, loss: own)));
        }
    }

    [Fact]
    public async Task A_custom_loss_that_is_a_record_is_compared_by_its_properties()
    {
        Own loss = new(0.5, KlEstimator.K3, new Bound(2, null), new GrpoLoss(GrpoLossOptions.Dapo)) { Calls = 3, Log = _ => { } };
        await SaveAsync(loss: loss);
        Assert.Equal(
            [
                "loss.Weight was 0.5 and is 1", "loss.Estimator was K3 and is K1", "loss.Bound.Least was none and is 1",
                "loss.Inner.ClipHigh was 0.28 and is none",
            ],
            Differences(Refusal(_ => { }, loss: new Own(
                1, KlEstimator.K1, new Bound(2, 1), new GrpoLoss(GrpoLossOptions.Dapo with { ClipHigh = null })))));
        Assert.Equal(
            ["loss.Bound was on and is none"], Differences(Refusal(_ => { }, loss: loss with { Bound = null })));

        // Counters and values that can't be compared are no change.
        using TinyPolicy policy = TestData.Policy();
        Builder(policy, _ => { }, loss with { Calls = 9, Log = null }).ResumeFrom(Folder).Build().Dispose();
    }

    // The interface says nothing about the value: its class does, so that a record is compared with its properties.
    [Fact]
    public async Task A_property_whose_type_is_an_interface_is_compared_by_the_record_in_it()
    {
        await SaveAsync(loss: new Limited(new Bound(2, 1)));
        Assert.Equal(
            ["loss.Limit.Most was 2 and is 3", "loss.Limit.Least was 1 and is none"],
            Differences(Refusal(_ => { }, loss: new Limited(new Bound(3, null)))));
        Assert.Equal(["loss.Limit was Bound and is OtherBound"], Differences(Refusal(_ => { }, loss: new Limited(new OtherBound(2)))));
        Assert.Equal(["loss.Limit was Bound and is none"], Differences(Refusal(_ => { }, loss: new Limited(null))));
    }

    [Fact]
    public async Task An_empty_property_whose_type_is_an_interface_is_compared_too()
    {
        await SaveAsync(loss: new Limited(null));
        Assert.Equal(["loss.Limit was none and is Bound"], Differences(Refusal(_ => { }, loss: new Limited(new Bound(2, 1)))));
    }

    // A class that is no record may hold anything.
    [Fact]
    public async Task A_class_in_a_property_whose_type_is_an_interface_is_not_compared()
    {
        await SaveAsync(loss: new Limited(new Mutable { Most = 2 }));
        foreach (ILimit? limit in (ILimit?[])[new Mutable { Most = 3 }, null])
        {
            using TinyPolicy policy = TestData.Policy();
            Builder(policy, _ => { }, new Limited(limit)).ResumeFrom(Folder).Build().Dispose();
        }
    }

    [Theory]
    [InlineData(0.04, 0)]
    [InlineData(0, 0.04)]
    public async Task A_divergence_penalty_may_be_removed_or_added(double before, double now)
    {
        GrpoLoss Loss(double coefficient) => new(GrpoLossOptions.MedR1 with { KlCoefficient = coefficient });
        await SaveAsync(loss: Loss(before));
        CheckpointException exception = Refusal(_ => { }, loss: Loss(now));
        Assert.Contains(Differences(exception), difference => difference.StartsWith(RunInvariants.StartWeights, StringComparison.Ordinal));
        Assert.EndsWith(".AllowChangedSettings(\"loss\").", exception.Message);

        using TinyPolicy policy = TestData.Policy();
        Builder(policy, _ => { }, Loss(now)).ResumeFrom(Folder).AllowChangedSettings("loss").Build().Dispose();
    }

    private sealed class Other : IPolicyLoss
    {
        public bool RequiresReference => true;

        public PolicyLossResult Compute(PolicyLossInputs inputs) => throw new NotSupportedException();
    }

    private sealed record OtherRecord(IPolicyLoss Inner, double ClipHigh) : IPolicyLoss
    {
        public bool RequiresReference => false;

        public PolicyLossResult Compute(PolicyLossInputs inputs) => Inner.Compute(inputs);
    }

    private sealed record Bound(double Most, double? Least) : ILimit;

    private sealed record OtherBound(double Most) : ILimit;

    private sealed class Mutable : ILimit
    {
        public double Most { get; init; }
    }

    private sealed record Limited(ILimit? Limit) : IPolicyLoss
    {
        private readonly GrpoLoss _loss = new(GrpoLossOptions.Dapo);

        public bool RequiresReference => false;

        public PolicyLossResult Compute(PolicyLossInputs inputs) => _loss.Compute(inputs);
    }

    private sealed record Own(double Weight, KlEstimator Estimator, Bound? Bound, IPolicyLoss Inner) : IPolicyLoss
    {
        public int Calls { get; set; }

        public Action<string>? Log { get; init; }

        public bool RequiresReference => Weight > 2;

        public PolicyLossResult Compute(PolicyLossInputs inputs) => Inner.Compute(inputs);
    }

    private interface ILimit
    {
        double Most { get; }
    }
}
