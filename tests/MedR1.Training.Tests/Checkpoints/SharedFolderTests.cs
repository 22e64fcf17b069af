using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>An output folder belongs to one run at a time.</summary>
public sealed class SharedFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-shared-").FullName;

    [Fact]
    public async Task A_run_in_the_folder_of_another_run_is_refused_and_disturbs_nothing()
    {
        string link = _folder + "-link";
        Directory.CreateSymbolicLink(link, _folder);
        try
        {
            using TinyPolicy other = TestData.Policy(seed: 2);
            using SftTrainer second = Builder(other, link).Build();
            Exception? refusal = null;
            using TinyPolicy policy = TestData.Policy();
            using SftTrainer first = Builder(policy, _folder).AddObserver(new AtStep(1, () =>
            {
                // What a checkpoint of the first run looks like while it is written.
                string half = Directory.CreateDirectory(Path.Combine(_folder, $".step-000002.{Guid.NewGuid():N}.tmp")).FullName;
                refusal = Record.Exception(() => second.RunAsync().GetAwaiter().GetResult());
                Assert.True(Directory.Exists(half));
            })).Build();
            await first.RunAsync();

            Assert.Contains($"is writing to '{link}'", Assert.IsType<CheckpointException>(refusal).Message);
            Assert.DoesNotContain(".lock", Directory.GetFileSystemEntries(_folder).Select(path => Path.GetFileName(path)));

            // The folder is free again.
            Assert.Equal(3, (await second.RunAsync()).Steps);
        }
        finally
        {
            File.Delete(link);
        }
    }

    [Fact]
    public async Task A_resumed_run_saves_nothing_into_a_folder_in_use()
    {
        using CancellationTokenSource source = new();
        using TinyPolicy other = TestData.Policy(seed: 2);
        using SftTrainer second = Builder(other, _folder).AddObserver(new AtStep(1, source.Cancel)).Build();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.RunAsync(source.Token));

        Exception? refusal = null;
        string[] before = [], after = [];
        using TinyPolicy policy = TestData.Policy();
        using SftTrainer first = Builder(policy, _folder).AddObserver(new AtStep(1, () =>
        {
            before = Directory.GetFileSystemEntries(_folder);
            refusal = Record.Exception(() => second.RunAsync().GetAwaiter().GetResult());
            after = Directory.GetFileSystemEntries(_folder);
        })).Build();
        await first.RunAsync();

        Assert.Contains("Nothing was saved: the run could not lock its OutputFolder", TrainingFailure.Of(refusal!)!.Message);
        Assert.Equal(before.Order(), after.Order());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static SftTrainerBuilder Builder(TinyPolicy policy, string output) => new SftTrainerBuilder(policy)
        .UseExamples(TestData.Examples(4))
        .Configure(options =>
        {
            options.ExamplesPerStep = 2;
            options.MaxSteps = 3;
            options.OutputFolder = output;
        });
}
