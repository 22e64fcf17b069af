using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>A program that makes the same calls the first time and after it was killed.</summary>
public sealed class ResumeIfAnyTests : IDisposable
{
    private readonly string _work = Directory.CreateTempSubdirectory("medr1-any-").FullName;

    private string Output => Path.Combine(_work, "run");

    public static TheoryData<string> Trainers => [nameof(GrpoTrainer), nameof(PpoTrainer), nameof(SftTrainer)];

    [Theory]
    [MemberData(nameof(Trainers))]
    public async Task It_starts_anew_without_a_checkpoint_and_resumes_otherwise(string trainer)
    {
        Assert.Equal(0, await BeginAsync(trainer, steps: 2));

        // As if it had been killed after its first checkpoint, before anything pointed to it.
        File.Delete(Path.Combine(Output, "latest"));
        Assert.Equal(2, await BeginAsync(trainer, steps: 2));
        Assert.Equal(2, await BeginAsync(trainer, steps: 3));
    }

    // A first checkpoint that was incomplete when the run was killed doesn't count, nor do other files.
    [Fact]
    public async Task Incomplete_checkpoints_and_other_files_are_ignored()
    {
        Directory.CreateDirectory(Path.Combine(Output, ".step-000002.0123456789abcdef0123456789abcdef.tmp"));
        File.WriteAllText(Path.Combine(Output, "metrics.jsonl"), "");
        Assert.Equal(0, await BeginAsync(nameof(SftTrainer), steps: 2));
    }

    [Fact]
    public async Task A_checkpoint_that_was_about_to_be_replaced_counts()
    {
        await BeginAsync(nameof(SftTrainer), steps: 2);
        Directory.Move(
            Path.Combine(Output, "step-000002"), Path.Combine(Output, ".step-000002.0123456789abcdef0123456789abcdef.old"));
        File.Delete(Path.Combine(Output, "latest"));
        Assert.Equal(2, await BeginAsync(nameof(SftTrainer), steps: 3));
    }

    [Theory]
    [InlineData("latest")]
    [InlineData("step-000002/model")]
    public async Task It_does_not_start_anew_if_a_checkpoint_is_lost(string left)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Output, left))!);
        File.WriteAllText(Path.Combine(Output, left), "step-000002");
        Assert.Contains(
            "is not a checkpoint",
            (await Assert.ThrowsAsync<CheckpointException>(() => BeginAsync(nameof(SftTrainer), steps: 2))).Message);
    }

    [Fact]
    public void Only_one_place_to_resume_from_may_be_set()
    {
        using TinyPolicy policy = TestData.Policy();
        GrpoTrainerBuilder builder = new GrpoTrainerBuilder(policy).ResumeIfAny(Output);
        Assert.StartsWith(
            "ResumeIfAny was already called", Assert.Throws<InvalidOperationException>(() => builder.ResumeFrom(Output)).Message);
        Assert.Throws<ArgumentException>(() => new SftTrainerBuilder(policy).ResumeIfAny(" "));
    }

    public void Dispose() => Directory.Delete(_work, recursive: true);

    /// <summary>Runs to a step and returns the number of steps already done at its start.</summary>
    private async Task<long> BeginAsync(string trainer, int steps)
    {
        using TinyPolicy policy = TestData.Policy();
        Beginning beginning = new();

        // A first run has no settings that could change, but may name those that may.
        await (trainer switch
        {
            nameof(GrpoTrainer) => Runs.Small(policy, Configure)
                .ResumeIfAny(Output).AllowChangedSettings("MaxSteps").AddObserver(beginning).RunAsync(),
            nameof(PpoTrainer) => PpoRuns.Small(policy, Configure)
                .ResumeIfAny(Output).AllowChangedSettings("MaxSteps").AddObserver(beginning).RunAsync(),
            _ => SupervisedAsync(),
        });
        return beginning.Steps!.Value;

        void Configure(TrainerOptions options) => (options.MaxSteps, options.OutputFolder) = (steps, Output);

        async Task<TrainingReport> SupervisedAsync()
        {
            using SftTrainer supervised = new SftTrainerBuilder(policy)
                .UseExamples(TestData.Examples(4)).Configure(Configure)
                .ResumeIfAny(Output).AllowChangedSettings("MaxSteps").AddObserver(beginning).Build();
            return await supervised.RunAsync();
        }
    }

    private sealed class Beginning : ITrainingObserver
    {
        public long? Steps { get; private set; }

        public void OnStart(TrainingStart start) => Steps = start.StepsBefore;
    }
}
