using MedR1.Modeling;
using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>Checkpoints that can't be resumed from, and those left by a run that died while writing one.</summary>
public sealed class ResumeFailureTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-").FullName;

    [Fact]
    public async Task A_checkpoint_within_a_rollout_refuses_different_data_and_rewards()
    {
        static void Configure(GrpoTrainerOptions options) =>
            (options.StepsPerGeneration, options.Schedule) = (2, LearningRateDecay.Constant);
        using TinyPolicy policy = TestData.Policy();
        await RunAsync(policy, options =>
        {
            Configure(options);
            options.MaxSteps = 1;
            options.OutputFolder = _folder;
        });
        string file = Path.Combine(_folder, "step-000001", "rollout.json");
        string text = File.ReadAllText(file);
        File.Delete(Path.Combine(_folder, "step-000001", "checksums.json"));
        using TinyPolicy next = TestData.Policy();

        File.WriteAllText(file, text.Replace("example 2", "example 77", StringComparison.Ordinal));
        CheckpointException data = await Assert.ThrowsAsync<CheckpointException>(
            () => RunAsync(next, Configure, resumeFrom: _folder));
        Assert.Contains("'example 77'", data.Message);
        Assert.Contains("the data has changed", data.Message);

        File.WriteAllText(file, text.Replace("\"small\"", "\"large\"", StringComparison.Ordinal));
        CheckpointException rewards = await Assert.ThrowsAsync<CheckpointException>(
            () => RunAsync(next, Configure, resumeFrom: _folder));
        Assert.Contains("was scored by large, but the trainer has small", rewards.Message);

        File.Delete(file);
        await Assert.ThrowsAsync<CheckpointException>(() => RunAsync(next, Configure, resumeFrom: _folder));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_that_was_killed_between_two_renames_is_found(bool isReplaced)
    {
        static void Configure(GrpoTrainerOptions options) => options.Schedule = LearningRateDecay.Constant;
        using TinyPolicy policy = TestData.Policy();
        await RunAsync(policy, options =>
        {
            Configure(options);
            options.MaxSteps = 2;
            options.OutputFolder = _folder;
        });
        if (isReplaced)
        {
            // Killed after the checkpoint that it rewrites was moved aside.
            Directory.Move(
                Path.Combine(_folder, "step-000002"), Path.Combine(_folder, $".step-000002.{Guid.NewGuid():N}.old"));
        }
        else
        {
            // Killed before the first pointer.
            File.Delete(Path.Combine(_folder, "latest"));
        }

        using TinyPolicy next = TestData.Policy();
        Assert.Equal(3, (await RunAsync(next, Configure, resumeFrom: _folder)).History[0].Step);
    }

    [Fact]
    public async Task A_full_disk_while_saving_leaves_no_partial_files_and_earlier_checkpoints_intact()
    {
        using TinyPolicy policy = TestData.Policy();
        using FullDiskPolicy full = new(policy, failAt: 2);

        CheckpointException exception = await Assert.ThrowsAsync<CheckpointException>(() => RunAsync(full, options =>
        {
            options.OutputFolder = _folder;
            options.SaveInterval = 1;
        }));

        Assert.Contains("step-000002", exception.Message);
        Assert.Contains("No space left on device", exception.Message);
        Assert.Contains("call RunAsync of this trainer again", exception.Message);
        Assert.Equal(["latest", "step-000001"], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName)
            .Order());
        Assert.Equal("step-000001", File.ReadAllText(Path.Combine(_folder, "latest")));
        using TinyPolicy next = TestData.Policy();
        Assert.Equal(8, (await RunAsync(next, _ => { }, resumeFrom: _folder)).Steps);
    }

    [Fact]
    public async Task A_checkpoint_of_another_run_is_refused_with_every_difference()
    {
        using TinyPolicy policy = TestData.Policy();
        await RunAsync(policy, options =>
        {
            options.OutputFolder = _folder;
            options.MaxSteps = 1;
        });

        CheckpointException exception = await Assert.ThrowsAsync<CheckpointException>(() => RunAsync(
            policy,
            options =>
            {
                options.Seed = 1;
                options.GroupSize = 2;
                options.Replay = new ReplayOptions();
            },
            resumeFrom: _folder));

        Assert.Contains("Seed was 42 and is 1", exception.Message);
        Assert.Contains("GroupSize was 4 and is 2", exception.Message);
        Assert.Contains("Replay was off and is on", exception.Message);
        // The policy has changed, so that its clone would be a different reference than that of the first part of the run.
        Assert.Contains("weights that the policy was built with", exception.Message);
    }

    [Fact]
    public void A_folder_without_a_checkpoint_is_refused()
    {
        using TinyPolicy policy = TestData.Policy();

        CheckpointException exception = Assert.Throws<CheckpointException>(() =>
            new SftTrainerBuilder(policy).UseExamples(TestData.Examples(2)).ResumeFrom(_folder).Build());

        Assert.Contains("is not a checkpoint", exception.Message);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<TrainingReport> RunAsync(
        IVisionLanguagePolicy policy, Action<GrpoTrainerOptions> configure, string? resumeFrom = null)
    {
        GrpoTrainerBuilder builder = Runs.Small(policy, configure);
        using GrpoTrainer trainer = (resumeFrom is null ? builder : builder.ResumeFrom(resumeFrom)).Build();
        return await trainer.RunAsync();
    }
}
