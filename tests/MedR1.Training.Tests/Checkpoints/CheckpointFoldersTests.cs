using MedR1.Modeling;

namespace MedR1.Training.Tests;

/// <summary>A checkpoint is found even if a run was killed while replacing it, and a search does not disturb a writer.</summary>
public sealed class CheckpointFoldersTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-folders-").FullName;

    [Theory]
    [InlineData("", true)]
    [InlineData("", false)]
    [InlineData("step-000002", true)]
    public void A_checkpoint_that_a_killed_run_moved_aside_is_found_there(string given, bool isPointedAt)
    {
        CheckpointFolders folders = new(_folder);
        Write(folders, 1);
        Write(folders, 2);
        folders.Point(CheckpointFolders.Latest, 2);
        string aside = PutAside(folders, 2);
        if (!isPointedAt)
        {
            File.Delete(Path.Combine(_folder, CheckpointFolders.Latest));
        }

        Assert.Equal(aside, CheckpointFolders.Find(Path.Combine(_folder, given)));
        Assert.False(Directory.Exists(folders.Of(2)));

        // The run that owns the folder moves it back.
        folders.Probe();
        Assert.Equal(folders.Of(2), CheckpointFolders.Find(Path.Combine(_folder, given)));
        Assert.False(Directory.Exists(aside));
    }

    [Fact]
    public async Task Searching_for_a_checkpoint_that_is_constantly_replaced_disturbs_nobody()
    {
        CheckpointFolders folders = new(_folder);
        Write(folders, 2);
        folders.Point(CheckpointFolders.Latest, 2);
        using CancellationTokenSource over = new();
        Task writer = Task.Run(() =>
        {
            while (!over.IsCancellationRequested)
            {
                Write(folders, 2);
                Thread.Sleep(1);
            }
        });

        for (int look = 0; look < 500 && !writer.IsCompleted; look++)
        {
            Assert.Equal(folders.Of(2), CheckpointFolders.Find(_folder));
        }

        await over.CancelAsync();
        await writer;
        Assert.Equal(["latest", "step-000002"], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName).Order());
    }

    // 28 is ENOSPC.
    [Fact]
    public void What_a_checkpoint_needs_is_all_that_was_written_and_what_did_not_fit()
    {
        CheckpointFolders folders = new(_folder);

        DiskFullException exception = Assert.Throws<DiskFullException>(() => folders.Write(3, folder =>
        {
            File.WriteAllBytes(Path.Combine(folder, CheckpointFolders.StateFile), new byte[300]);
            throw new IOException("No space left on device", 28);
        }));

        Assert.Equal((folders.Of(3), 301), (exception.Path, exception.RequiredBytes));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));

        exception = Assert.Throws<DiskFullException>(() => folders.Write(3, folder =>
        {
            File.WriteAllBytes(Path.Combine(folder, CheckpointFolders.StateFile), new byte[300]);
            throw new DiskFullException(Path.Combine(folder, "model.safetensors"), 1000, 5);
        }));
        Assert.Equal((folders.Of(3), 1300), (exception.Path, exception.RequiredBytes));
    }

    [Fact]
    public void A_checkpoint_that_could_not_be_replaced_is_unchanged()
    {
        CheckpointFolders folders = new(_folder);
        Write(folders, 2);

        Assert.ThrowsAny<IOException>(() => folders.Write(2, half => Directory.Delete(half)));

        Assert.Equal(folders.Of(2), CheckpointFolders.Find(_folder));
        Assert.Equal(folders.Of(2), Assert.Single(Directory.GetFileSystemEntries(_folder)));
    }

    [Fact]
    public void An_old_checkpoint_that_cannot_be_deleted_fails_nothing_and_no_longer_counts()
    {
        CheckpointFolders folders = new(_folder, delete: _ => throw new IOException("Directory not empty"));
        Write(folders, 1);
        Write(folders, 2);
        PutAside(folders, 2);
        Write(folders, 2);

        Write(folders, 2);
        folders.Remove(1);
        folders.Recover();

        Assert.Equal([2L], folders.Steps);
        string[] left = Directory.GetDirectories(_folder, ".*");
        Assert.Equal(3, left.Length);
        Assert.All(left, folder => Assert.EndsWith(".tmp", folder));

        // None of it is restored in place of a missing checkpoint, and the next run deletes it.
        new CheckpointFolders(_folder).Remove(2);
        folders.Probe();
        Assert.Empty(folders.Steps);
        new CheckpointFolders(_folder).Recover();
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void A_folder_named_almost_like_a_checkpoint_is_ignored()
    {
        CheckpointFolders folders = new(_folder);
        Write(folders, 2);
        Directory.CreateDirectory(folders.Of(3) + ".copy");

        Assert.Equal([2L], folders.Steps);
        Assert.Equal(folders.Of(2), CheckpointFolders.Find(_folder));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void Write(CheckpointFolders folders, long step) =>
        folders.Write(step, half => File.WriteAllText(Path.Combine(half, CheckpointFolders.StateFile), "{}"));

    private string PutAside(CheckpointFolders folders, long step)
    {
        string aside = Path.Combine(_folder, $".step-{step:000000}.{Guid.NewGuid():N}.old");
        Directory.Move(folders.Of(step), aside);
        return aside;
    }
}
