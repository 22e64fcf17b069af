using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>A log of completions on a disk that is full for a while.</summary>
public sealed class FullDiskTests
{
    // The run ends with the failure, and reports the rollout again when it resumes.
    [Fact]
    public async Task A_rollout_that_did_not_fit_is_left_out_and_written_once_when_it_is_reported_again()
    {
        List<Rollout> rollouts = [];
        using TinyPolicy policy = TestData.Policy();
        await Runs.Small(policy, options => options.MaxSteps = 2).AddObserver(new Keeping(rollouts)).RunAsync();
        SmallDisk disk = new() { Room = int.MaxValue };
        using CompletionLog log = new(new AppendedFile(disk));
        log.OnRollout(rollouts[0]);
        string first = disk.Text;

        disk.Room = (int)disk.Length + 10;
        Assert.Throws<IOException>(() => log.OnRollout(rollouts[1]));
        Assert.Equal(first, disk.Text);

        disk.Room = int.MaxValue;
        log.OnRollout(rollouts[1]);
        SmallDisk whole = new() { Room = int.MaxValue };
        using CompletionLog other = new(new AppendedFile(whole));
        rollouts.ForEach(other.OnRollout);
        Assert.Equal(whole.Text, disk.Text);
        Assert.True(disk.Text.Length > first.Length);
    }

    // A system file without room for a single byte.
    [Fact]
    public async Task A_full_disk_ends_the_run_and_closing_the_log_hides_nothing()
    {
        using TinyPolicy policy = TestData.Policy();
        CompletionLog log = new("/dev/full");
        await Assert.ThrowsAsync<IOException>(() => Runs.Small(policy, options => options.MaxSteps = 2).AddObserver(log).RunAsync());

        log.Dispose();
    }

    private sealed class Keeping(List<Rollout> rollouts) : IRolloutObserver
    {
        public void OnRollout(Rollout rollout) => rollouts.Add(rollout);
    }
}
