using MedR1.Testing;

namespace MedR1.Training.Tests;

public sealed class ChangedPlannerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // The first rollout has four steps and is saved after the third; with one step for each rollout, there are no more than it has made.
    [Fact]
    public async Task A_rollout_ends_although_the_new_planner_makes_fewer_steps_of_it_than_were_made()
    {
        using TinyPolicy policy = TestData.Policy();
        await Builder(policy, maxSteps: 3).RunAsync();
        using TinyPolicy resumed = TestData.Policy();
        RolloutList rollouts = [];
        await Builder(resumed, maxSteps: 6).UseUpdatePlanner(new SingleStep()).AddObserver(rollouts)
            .ResumeFrom(_folder).AllowChangedSettings("planner").RunAsync();

        // Step 4 ends the first rollout, and the steps 5 and 6 have one each.
        Assert.Equal([1L, 2L], rollouts.Select(rollout => rollout.Index));
    }

    private GrpoTrainerBuilder Builder(TinyPolicy policy, int maxSteps) => Runs.Small(policy, options =>
    {
        (options.StepsPerGeneration, options.MaxSteps, options.OutputFolder) = (4, maxSteps, _folder);
        options.Schedule = LearningRateDecay.Constant;
    });

    private sealed class SingleStep : IUpdatePlanner
    {
        public IReadOnlyList<PlannedStep> Plan(Rollout rollout, RolloutTrainerOptions options) => [new PlannedStep(
            [.. rollout.Groups.Select((group, index) => group.Completions.Select((_, sample) => new CompletionIndex(index, sample)).ToArray())])];
    }
}
