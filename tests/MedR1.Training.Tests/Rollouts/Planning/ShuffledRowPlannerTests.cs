using MedR1.Testing;

namespace MedR1.Training.Tests;

public sealed class ShuffledRowPlannerTests
{
    [Fact]
    public async Task Every_completion_is_used_once_and_steps_are_equally_large()
    {
        using TinyPolicy policy = TestData.Policy();
        RolloutList rollouts = [];
        GrpoTrainerOptions copy = new();
        await Runs.Small(policy, options =>
        {
            options.StepsPerGeneration = 2;
            options.MaxSteps = 2;
            options.PromptsPerMicroBatch = 1;
            copy = options;
        }).UseUpdatePlanner(new ShuffledRowPlanner(3)).AddObserver(rollouts).RunAsync();

        IReadOnlyList<PlannedStep> plan = new ShuffledRowPlanner(3).Plan(rollouts[0], copy);

        Assert.Equal([4, 4, 4, 4], plan.SelectMany(step => step.MicroSteps).Select(pass => pass.Count));
        CompletionIndex[] rows = [.. plan.SelectMany(step => step.MicroSteps).SelectMany(pass => pass)];
        CompletionIndex[] all = [.. Enumerable.Range(0, 4).SelectMany(
            group => Enumerable.Range(0, 4).Select(sample => new CompletionIndex(group, sample)))];
        Assert.Equal(all.ToHashSet(), rows.ToHashSet());
        Assert.NotEqual(all, rows);
        Assert.Equal(
            rows, new ShuffledRowPlanner(3).Plan(rollouts[0], copy).SelectMany(step => step.MicroSteps)
                .SelectMany(pass => pass));
    }

    [Fact]
    public async Task A_step_of_split_groups_has_the_gradient_of_whole_groups()
    {
        float[]?[] whole = await GradientAsync(new WholeGroupPlanner());
        float[]?[] shuffled = await GradientAsync(new ShuffledRowPlanner(5));

        Assert.InRange(GradientRecorder.Distance(whole, shuffled), 0, 1e-5);
    }

    [Fact]
    public async Task An_order_that_is_no_permutation_is_refused() => Assert.Contains(
        "not a permutation of its 8 completions",
        (await Assert.ThrowsAsync<ArgumentException>(
            () => GradientAsync(new ShuffledRowPlanner((_, count) => new int[count])))).Message);

    private static async Task<float[]?[]> GradientAsync(IUpdatePlanner planner)
    {
        using TinyPolicy policy = TestData.Policy();
        GradientRecorder recorder = new(policy);
        await Runs.Small(policy, options =>
        {
            options.MaxSteps = 1;
            options.PromptsPerMicroBatch = 1;
        }).UseUpdatePlanner(planner).AddObserver(recorder).RunAsync();
        return Assert.Single(recorder.Steps);
    }
}
