using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>A custom planner whose plan does not fit its rollout of two groups with four completions each.</summary>
public sealed class PlannedRowsTests
{
    private static readonly CompletionIndex[] s_all =
        [.. Enumerable.Range(0, 8).Select(row => new CompletionIndex(row / 4, row % 4))];

    public static TheoryData<string, CompletionIndex[][][]?> Wrong { get; } = new()
    {
        { "is null", null },
        { "has no steps", [] },
        { "has a step without passes", [[s_all], []] },
        { "has a pass without completions", [[s_all, []]] },
        { "contains sample 0 of group 0 twice in a step", [[s_all, s_all[..1]]] },
        { "contains sample 4 of group 1, which doesn't exist", [[[.. s_all, new CompletionIndex(1, 4)]]] },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_plan_without_rows_or_of_wrong_ones_is_refused(string problem, CompletionIndex[][][]? plan)
    {
        using TinyPolicy policy = TestData.Policy();
        InvalidOperationException exception = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Runs.Small(policy, options => options.MaxSteps = 1).UseUpdatePlanner(new FixedPlanner(plan)).RunAsync());

        Assert.Contains($"The planner FixedPlanner made a plan that {problem}", exception.Message);
    }

    // Two steps of the same four completions of eight: the others are left out.
    [Fact]
    public async Task A_plan_may_leave_completions_out_and_repeat_them_in_other_steps()
    {
        using TinyPolicy policy = TestData.Policy();
        TrainingReport report = await Runs.Small(policy, options => (options.MaxSteps, options.StepsPerGeneration) = (2, 2))
            .UseUpdatePlanner(new FixedPlanner([[s_all[..4]], [s_all[..4]]])).RunAsync();

        Assert.Equal(2, report.Steps);
        Assert.Equal(0, report.SkippedSteps);
    }

    private sealed class FixedPlanner(CompletionIndex[][][]? plan) : IUpdatePlanner
    {
        public IReadOnlyList<PlannedStep> Plan(Rollout rollout, RolloutTrainerOptions options) =>
            plan is null ? null! : [.. plan.Select(step => new PlannedStep(step))];
    }
}
