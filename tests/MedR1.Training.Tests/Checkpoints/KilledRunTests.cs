using System.Text.Json;

namespace MedR1.Training.Tests;

/// <summary>A run that is killed at any moment and restarted equals an uninterrupted one, bit for bit.</summary>
public sealed class KilledRunTests : IDisposable
{
    private const int LongestMilliseconds = 600;
    private const int KillsPerRun = 6;
    private readonly string _work = Directory.CreateTempSubdirectory("medr1-killed-").FullName;

    [Fact]
    public Task A_killed_and_resumed_run_equals_an_uninterrupted_one() => KillAsync(times: 4, seed: 11);

    [Fact]
    public Task A_killed_and_resumed_adapter_run_equals_an_uninterrupted_one() =>
        KillAsync(times: 2, seed: 13, "adapter");

    [Theory]
    [InlineData]
    [InlineData("adapter")]
    [Trait("Tier", "Slow")]
    public Task Fifty_kills_at_random_moments_change_nothing(params string[] options) =>
        KillAsync(times: 50, seed: 12, options);

    public void Dispose() => Directory.Delete(_work, recursive: true);

    private async Task KillAsync(int times, int seed, params string[] options)
    {
        string undisturbed = FolderOf("undisturbed");
        string expected = await ResumeProbe.FinishAsync(undisturbed, options);
        Dictionary<long, string> steps = Steps(undisturbed).ToDictionary(step => step.Step, step => step.Values);
        Random random = new(seed);
        for (int kills = 0, run = 0; kills < times; run++)
        {
            string folder = FolderOf($"run-{run}");
            for (int kill = 0; kill < KillsPerRun && kills < times; kill++)
            {
                // A run that had already finished does not count as killed.
                TimeSpan after = TimeSpan.FromMilliseconds(random.Next(LongestMilliseconds));
                kills += await ResumeProbe.KillAsync(folder, options, after) ? 1 : 0;
            }

            Assert.Equal(expected, await ResumeProbe.FinishAsync(folder, options));
            (long Step, string Values)[] lines = [.. Steps(folder)];
            Assert.Equal(steps.Keys, lines.Select(line => line.Step).Distinct().Order());
            Assert.All(lines, line => Assert.Equal(steps[line.Step], line.Values));
            Assert.Equal(Checkpoints(undisturbed), Checkpoints(folder));
            Assert.Equal(Pointers(undisturbed), Pointers(folder));
        }
    }

    private string FolderOf(string name) => Directory.CreateDirectory(Path.Combine(_work, name)).FullName;

    // No partial folders or files are left.
    private static IEnumerable<string> Checkpoints(string folder) =>
        Directory.GetFileSystemEntries(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Pointers(string folder) =>
        [File.ReadAllText(Path.Combine(folder, "latest")), File.ReadAllText(Path.Combine(folder, "best"))];

    private static IEnumerable<(long Step, string Values)> Steps(string folder)
    {
        foreach (string line in File.ReadLines(Path.Combine(folder, "metrics.jsonl")))
        {
            JsonElement values = JsonDocument.Parse(line).RootElement;
            yield return (values.GetProperty("step").GetInt64(), string.Join('\n', values.EnumerateObject()
                .Where(value => !Runs.IsTimed(value.Name)).Select(value => $"{value.Name}={value.Value.GetRawText()}")));
        }
    }
}
