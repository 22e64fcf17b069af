using MedR1.Testing;

namespace MedR1.Training.Tests;

public sealed class RetentionTests : IDisposable
{
    // The first of two equal values stays the best.
    private static readonly double[] s_measured = [3, 9, 9, 1, 1, 4];

    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-").FullName;

    // Steps 1 to 10 with a checkpoint each; expected values derived by hand.
    [Theory]
    [InlineData(null, 0, null, "1 2 3 4 5 6 7 8 9 10")]
    [InlineData(3, 0, null, "8 9 10")]
    [InlineData(1, 0, 4L, "4 10")]
    [InlineData(2, 5, null, "5 9 10")]
    [InlineData(1, 3, 2L, "2 3 6 9 10")]
    public void The_retention_policy_selects_the_checkpoints_to_keep(int? last, int interval, long? best, string kept)
    {
        SftTrainerOptions options = new() { KeepLast = last, KeepInterval = interval };
        long[] steps = [.. Enumerable.Range(1, 10).Select(step => (long)step)];

        IReadOnlyList<long> expired = CheckpointRetention.Expired(steps, 10, best, options);

        Assert.Equal(kept, string.Join(' ', steps.Except(expired)));
    }

    [Fact]
    public void Checkpoints_of_a_longer_attempt_are_left_alone()
    {
        // Manually back at step 2: 3, 4 and 5 belong to the other attempt until they are overwritten.
        Assert.Equal([1L], CheckpointRetention.Expired([1, 2, 3, 4, 5], 2, null, new SftTrainerOptions { KeepLast = 1 }));
    }

    [Theory]
    [InlineData(false, "step-000002", 9.0)]
    [InlineData(true, "step-000004", 1.0)]
    public async Task The_best_checkpoint_is_written_when_it_is_measured_and_kept(
        bool lowest, string best, double value)
    {
        using TinyPolicy policy = TestData.Policy();
        List<string> saved = [];
        using SftTrainer trainer = Builder(policy, _folder, lowest).AddObserver(new CheckpointObserver(saved)).Build();

        TrainingReport report = await trainer.RunAsync();

        Assert.Equal(value, report.BestValue);
        Assert.Equal(Path.Combine(_folder, best), report.BestCheckpoint);
        Assert.Equal(best, File.ReadAllText(Path.Combine(_folder, "best")));
        Assert.Equal("step-000006", File.ReadAllText(Path.Combine(_folder, "latest")));
        Assert.Equal(
            ["best", "latest", best, "step-000006"],
            Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        // Saved at each new best (3, 9; or 3, 1) and at the end.
        Assert.Equal(
            lowest ? ["step-000001", "step-000004", "step-000006"] : ["step-000001", "step-000002", "step-000006"],
            saved.Select(Path.GetFileName));
        Assert.Equal(s_measured, report.History.Select(metrics => metrics.Values["eval/score"]));
    }

    [Fact]
    public async Task A_run_resumed_into_the_folder_of_another_leaves_its_checkpoints_alone()
    {
        string one = Path.Combine(_folder, "one");
        string other = Path.Combine(_folder, "other");
        using TinyPolicy policy = TestData.Policy();
        using SftTrainer trainer = Builder(policy, one, lowest: false).Configure(options => options.SaveInterval = 1).Build();
        await trainer.RunAsync();

        // Those of the other run, one of which has the number of this run's best step.
        string[] foreign = ["step-000001", "step-000002", "step-000003"];
        foreach (string step in foreign)
        {
            Directory.CreateDirectory(Path.Combine(other, step));
        }

        using TinyPolicy again = TestData.Policy();
        using SftTrainer second = Builder(again, other, lowest: false).Configure(options => options.SaveInterval = 1)
            .ResumeFrom(Path.Combine(one, "step-000002")).Build();
        TrainingReport report = await second.RunAsync();

        Assert.Equal(9, report.BestValue);
        Assert.Null(report.BestCheckpoint);
        Assert.Equal(
            ["latest", "step-000001", "step-000002", "step-000006"],
            Directory.GetFileSystemEntries(other).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Checkpoints_that_a_killed_run_should_have_removed_are_removed_on_restart()
    {
        using TinyPolicy policy = TestData.Policy();
        using SftTrainer trainer = Builder(policy, _folder, lowest: false).Configure(options => options.SaveInterval = 1).Build();
        await trainer.RunAsync();
        string[] kept = [.. Directory.GetFileSystemEntries(_folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

        // One that was being removed, and one that was next.
        Directory.CreateDirectory(Path.Combine(_folder, $".step-000003.{Guid.NewGuid():N}.tmp"));
        Directory.CreateDirectory(Path.Combine(_folder, "step-000004"));

        using TinyPolicy again = TestData.Policy();
        using SftTrainer second = Builder(again, _folder, lowest: false).Configure(options => options.SaveInterval = 1)
            .ResumeFrom(_folder).Build();
        await second.RunAsync();

        Assert.Equal(kept, Directory.GetFileSystemEntries(_folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_run_killed_before_it_pointed_to_its_last_checkpoint_does_so_on_restart()
    {
        using TinyPolicy policy = TestData.Policy();
        using SftTrainer trainer = Builder(policy, _folder, lowest: false).Build();
        TrainingReport report = await trainer.RunAsync();
        string latest = File.ReadAllText(Path.Combine(_folder, "latest"));
        string best = File.ReadAllText(Path.Combine(_folder, "best"));
        Assert.Equal(Path.GetFileName(report.BestCheckpoint), best);

        // As if the last step had been the first best one.
        File.WriteAllText(Path.Combine(_folder, "latest"), "step-000001");
        File.WriteAllText(Path.Combine(_folder, "best"), "step-000001");

        using TinyPolicy again = TestData.Policy();
        using SftTrainer second = Builder(again, _folder, lowest: false).ResumeFrom(Path.Combine(_folder, latest)).Build();
        await second.RunAsync();

        Assert.Equal(latest, File.ReadAllText(Path.Combine(_folder, "latest")));
        Assert.Equal(best, File.ReadAllText(Path.Combine(_folder, "best")));
    }

    [Fact]
    public async Task Resuming_from_an_earlier_checkpoint_moves_no_pointer_back()
    {
        using TinyPolicy policy = TestData.Policy();
        using (SftTrainer whole = Steps(policy, 3).Build())
        {
            await whole.RunAsync();
        }

        using TinyPolicy again = TestData.Policy();
        using SftTrainer earlier = Steps(again, 2)
            .ResumeFrom(Path.Combine(_folder, "step-000002")).AllowChangedSettings("MaxSteps").Build();
        Assert.Equal(2, (await earlier.RunAsync()).Steps);

        Assert.Equal("step-000003", File.ReadAllText(Path.Combine(_folder, "latest")));
    }

    [Fact]
    public void The_checkpoint_before_one_that_was_moved_aside_is_found()
    {
        foreach (string name in (string[])["step-000001", "step-000002", ".step-000002.0123.old", "step-000003"])
        {
            File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, name)).FullName, "trainer.json"), "{}");
        }

        string first = Path.Combine(_folder, "step-000001");
        Assert.Equal(first, CheckpointFolders.EarlierThan(Path.Combine(_folder, "step-000002")));
        Assert.Equal(first, CheckpointFolders.EarlierThan(Path.Combine(_folder, ".step-000002.0123.old")));
        Assert.Null(CheckpointFolders.EarlierThan(first));
    }

    [Fact]
    public void Tensors_made_for_a_checkpoint_are_disposed_with_it()
    {
        TorchSharp.torch.Tensor? made = null;
        new CheckpointFiles(_folder, CancellationToken.None).Write(
            "some.safetensors", () => [new("a", made = TorchSharp.torch.ones(2))]);
        Assert.True(made!.IsInvalid);
    }

    [Fact]
    public void A_link_to_a_runs_folder_is_that_folder()
    {
        string one = Path.Combine(_folder, "one"), link = Path.Combine(_folder, "link");
        Directory.CreateDirectory(one);
        Directory.CreateSymbolicLink(link, one);

        Assert.True(new CheckpointFolders(one).Holds(Path.Combine(link, "step-000001")));
        Assert.True(new CheckpointFolders(link + "/").Holds(Path.Combine(one, "step-000001")));
        Assert.False(new CheckpointFolders(one).Holds(Path.Combine(_folder, "other", "step-000001")));
    }

    [Fact]
    public void A_link_anywhere_in_the_path_of_a_runs_folder_is_followed()
    {
        string one = Directory.CreateDirectory(Path.Combine(_folder, "disk", "runs", "one")).FullName;
        string step = Directory.CreateDirectory(Path.Combine(one, "step-000001")).FullName;
        string link = Path.Combine(_folder, "link"), chosen = Path.Combine(_folder, "chosen");
        Directory.CreateSymbolicLink(link, "disk");
        Directory.CreateSymbolicLink(chosen, step);

        Assert.True(new CheckpointFolders(one).Holds(Path.Combine(link, "runs", "one", "step-000001")));
        Assert.True(new CheckpointFolders(Path.Combine(link, "runs", "one")).Holds(step));
        Assert.True(new CheckpointFolders(one).Holds(chosen + "/"));
        Assert.False(new CheckpointFolders(Path.Combine(link, "runs")).Holds(step));
    }

    [Fact]
    public async Task A_run_resumed_through_a_link_above_its_folder_still_removes_its_earlier_checkpoints()
    {
        string link = Path.Combine(_folder, "link"), folder = Path.Combine(_folder, "disk", "run");
        Directory.CreateDirectory(folder);
        Directory.CreateSymbolicLink(link, Path.Combine(_folder, "disk"));
        using TinyPolicy policy = TestData.Policy();
        using CancellationTokenSource source = new();
        using (SftTrainer first = Builder(policy, folder, lowest: false).AddObserver(new AtStep(2, source.Cancel)).Build())
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.RunAsync(source.Token));
        }

        using TinyPolicy again = TestData.Policy();
        using SftTrainer second = Builder(again, folder, lowest: false).ResumeFrom(Path.Combine(link, "run")).Build();
        TrainingReport report = await second.RunAsync();

        Assert.Equal(Path.Combine(folder, "step-000002"), report.BestCheckpoint);
        Assert.Equal(
            ["best", "latest", "step-000002", "step-000006"],
            Directory.GetFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private SftTrainerBuilder Steps(TinyPolicy policy, int count) => new SftTrainerBuilder(policy)
        .UseExamples(TestData.Examples(4))
        .Configure(options =>
        {
            options.ExamplesPerStep = 2;
            options.MaxSteps = count;
            options.SaveInterval = 1;
            options.OutputFolder = _folder;
        });

    private static SftTrainerBuilder Builder(TinyPolicy policy, string output, bool lowest) => new SftTrainerBuilder(policy)
        .UseExamples(TestData.Examples(4))
        .AddEvaluation("score", (context, _) => ValueTask.FromResult(s_measured[context.Step - 1]))
        .Configure(options =>
        {
            options.ExamplesPerStep = 2;
            options.MaxSteps = s_measured.Length;
            options.EvaluationInterval = 1;
            options.OutputFolder = output;
            options.KeepLast = 1;
            options.BestMetric = "eval/score";
            options.BestIsLowest = lowest;
        });

    private sealed class CheckpointObserver(List<string> saved) : ITrainingObserver
    {
        public void OnCheckpoint(long step, string folder) => saved.Add(folder);
    }
}
