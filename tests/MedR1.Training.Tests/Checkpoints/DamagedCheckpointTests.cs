using System.Globalization;
using System.Text.Json.Nodes;
using MedR1.Testing;
using MedR1.TestSupport;

namespace MedR1.Training.Tests;

/// <summary>Damage by a disk or an interrupted copy is noticed before a run resumes from a checkpoint.</summary>
public sealed class DamagedCheckpointTests : IDisposable
{
    private readonly TinyPolicy _policy = TestData.Policy();
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-damaged-").FullName;

    private string Last => Path.Combine(_folder, "step-000002");

    [Fact]
    public async Task A_flipped_bit_in_any_needed_file_is_noticed_and_the_earlier_checkpoint_named()
    {
        await RunAsync();
        string[] files = [.. Directory.GetFiles(Last).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        Assert.Equal(
            ["checksums.json", "reference.safetensors", "replay.json", "rollout.json", "trainer.json", "trainer.safetensors"], files);
        foreach (string file in files)
        {
            string path = Path.Combine(Last, file);
            byte[] whole = File.ReadAllBytes(path);

            // In the file of checksums, a bit of the first; any other would do as well.
            int place = file == "checksums.json" ? Array.LastIndexOf(whole, (byte)':') + 4 : whole.Length / 2;
            byte[] damaged = [.. whole];
            damaged[place] ^= 1;
            File.WriteAllBytes(path, damaged);

            CheckpointException exception = Assert.Throws<CheckpointException>(() => Builder().ResumeFrom(_folder).Build());

            Assert.Contains($"'{(file == "checksums.json" ? Path.Combine(Last, "trainer.safetensors") : path)}'", exception.Message);
            Assert.Contains($".ResumeFrom(\"{Path.Combine(_folder, "step-000001")}\")", exception.Message);
            File.WriteAllBytes(path, whole);
        }

        using GrpoTrainer trainer = Builder().ResumeFrom(_folder).Build();
        Assert.Equal(2, (await trainer.RunAsync()).Steps);
    }

    [Fact]
    public async Task An_unreadable_file_is_not_called_damaged()
    {
        await RunAsync();
        string path = Path.Combine(Last, "trainer.safetensors");
        if (!OperatingSystem.IsWindows())
        {
            foreach (string folder in (string[])[_folder, Last])
            {
                File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                    | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);
            }

            foreach (string file in Directory.GetFiles(Last))
            {
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
            }

            File.SetUnixFileMode(path, UnixFileMode.None);
            CheckpointException exception = Assert.Throws<CheckpointException>(
                () => OrdinaryUser.Run(() => Builder().ResumeFrom(Last).Build()));
            Assert.StartsWith($"The checkpoint '{Last}' can't be read: ", exception.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("is damaged", exception.Message);
        }
    }

    [Theory]
    [InlineData("trainer.safetensors")]
    [InlineData("trainer.json")]
    [InlineData("rollout.json")]
    public async Task A_truncated_or_missing_file_is_named(string file)
    {
        await RunAsync();
        string path = Path.Combine(Last, file);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^10]);
        CheckpointException cut = Assert.Throws<CheckpointException>(() => Builder().ResumeFrom(Last).Build());
        Assert.Contains($"'{path}' has changed since it was written", cut.Message);

        // A folder without trainer.json is not a checkpoint.
        File.Delete(path);
        CheckpointException missing = Assert.Throws<CheckpointException>(() => Builder().ResumeFrom(Last).Build());
        Assert.Contains(file == "trainer.json" ? $"'{Last}' is not a checkpoint" : $"'{path}' is missing", missing.Message);
    }

    [Fact]
    public async Task If_the_only_checkpoint_is_damaged_a_new_start_is_suggested()
    {
        await RunAsync();
        Directory.Delete(Path.Combine(_folder, "step-000001"), recursive: true);
        File.WriteAllText(Path.Combine(Last, "checksums.json"), "{");

        CheckpointException exception = Assert.Throws<CheckpointException>(() => Builder().ResumeFrom(_folder).Build());

        Assert.Contains($"'{Path.Combine(Last, "checksums.json")}' contains no checksums", exception.Message);
        Assert.Contains("There is no earlier one next to it: start a new run.", exception.Message);
    }

    [Theory]
    [InlineData("reference.safetensors")]
    [InlineData("replay.json")]
    [InlineData("rollout.json")]
    [InlineData("trainer.json")]
    [InlineData("trainer.safetensors")]
    public async Task A_list_of_checksums_that_lacks_a_needed_file_vouches_for_nothing(string file)
    {
        await RunAsync();
        string path = Path.Combine(Last, "checksums.json");
        JsonObject list = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        Assert.True(list.Remove(file));
        File.WriteAllText(path, list.ToJsonString());

        CheckpointException exception = Assert.Throws<CheckpointException>(() => Builder().ResumeFrom(_folder).Build());

        Assert.Contains($"'{path}' has no checksum of {file}.", exception.Message);
    }

    // Checkpoints of earlier versions have no checksums.
    [Theory]
    [InlineData("trainer.json", "Run = null", "Run")]
    [InlineData("trainer.json", "Run/Step = -1", "Run.Step is -1")]
    [InlineData("trainer.json", "Run/Step", "'Step'")]
    [InlineData("trainer.json", "Run/Position = -5", "Run.Position is -5")]
    [InlineData("trainer.json", "Run/RewardFailures = null", "RewardFailures")]
    [InlineData("trainer.json", "Run/Unreported = null", "Unreported")]
    [InlineData("trainer.json", "Run/UnfinishedBeforeSaving = {}", "'Values'")]
    [InlineData("trainer.json", "Invariants = null", "Invariants")]
    [InlineData("trainer.json", "Changes = null", "Changes")]
    [InlineData("rollout.json", "counts = null", "counts")]
    [InlineData("rollout.json", "groups = []", "it has no groups")]
    [InlineData("rollout.json", "groups/0 = null", "in group 0 nothing is")]
    [InlineData("rollout.json", "groups/1/completions = []", "in group 1 no completion is")]
    [InlineData("rollout.json", "groups/1/completions/0 = null", "in group 1 completion 0 is null")]
    [InlineData("rollout.json", "groups/0/completions/1/tokenIds/0 = 260", "completion 1 has token 260 at 0, expected 0 to 259")]
    [InlineData("rollout.json", "groups/0/completions/1/tokenIds/0 = -1", "completion 1 has token -1 at 0")]
    [InlineData("rollout.json", "groups/0/completions/0/advantage = \"NaN\"", "completion 0 has the advantage NaN")]
    [InlineData("rollout.json", "groups/0/completions/0/logProbabilities = [-1]", "completion 0 has 1 LogProbabilities of 6 tokens")]
    [InlineData("replay.json", "groups/0/completions/0/tokenIds/0 = -1", "completion 0 has token -1 at 0")]
    public async Task What_no_run_has_written_is_named_without_checksums_too(string file, string change, string problem)
    {
        await RunAsync();
        File.Delete(Path.Combine(Last, "checksums.json"));
        string path = Path.Combine(Last, file);
        File.WriteAllText(path, Changed(JsonNode.Parse(File.ReadAllText(path))!, change).ToJsonString());

        CheckpointException exception = Assert.Throws<CheckpointException>(() => Builder().ResumeFrom(Last).Build());

        Assert.Contains($"'{path}'", exception.Message);
        Assert.Contains(problem, exception.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("step-0000\0\0")]
    [InlineData("step-00000x")]
    [InlineData("step-000007")]
    public async Task A_damaged_pointer_is_ignored(string pointer)
    {
        await RunAsync();
        File.WriteAllText(Path.Combine(_folder, "latest"), pointer);

        Assert.Equal(Last, CheckpointFolders.Find(_folder));
    }

    public void Dispose()
    {
        _policy.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    // A place and its value; without a value it is removed.
    private static JsonNode Changed(JsonNode root, string change)
    {
        string[] parts = change.Split(" = ");
        string[] places = parts[0].Split('/');
        JsonNode parent = places[..^1].Aggregate(
            root, (node, name) => (node is JsonArray list ? list[int.Parse(name, CultureInfo.InvariantCulture)] : node[name])!);
        JsonNode? value = parts.Length > 1 ? JsonNode.Parse(parts[1]) : null;
        if (parts.Length == 1)
        {
            Assert.True(parent.AsObject().Remove(places[^1]));
        }
        else if (parent is JsonArray list)
        {
            list[int.Parse(places[^1], CultureInfo.InvariantCulture)] = value;
        }
        else
        {
            parent[places[^1]] = value;
        }

        return root;
    }

    private async Task RunAsync()
    {
        using TinyPolicy policy = TestData.Policy();
        using GrpoTrainer trainer = Builder(policy).Build();
        await trainer.RunAsync();
    }

    private GrpoTrainerBuilder Builder(TinyPolicy? policy = null) => Runs.Small(policy ?? _policy, options =>
    {
        options.MaxSteps = 2;
        options.SaveInterval = 1;
        options.StepsPerGeneration = 4;
        options.OutputFolder = _folder;
        options.Replay = new ReplayOptions();
        options.ReferenceSync = new ReferenceSyncOptions { Interval = 1 };
    });
}
