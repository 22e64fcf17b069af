using MedR1.Sampling;
using MedR1.Testing;
using MedR1.TestSupport;
using static TorchSharp.torch;

namespace MedR1.Training.Tests;

/// <summary>A run whose sampler is a server with a copy of the weights; here the "server" only records what it gets.</summary>
public sealed class PublishingSamplerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-publish-").FullName;
    private readonly List<string> _events = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Weights_are_loaded_once_before_anything_is_drawn_with_them()
    {
        using TinyPolicy policy = TestData.Policy();
        PublishingSampler sampler = Sampler(policy);
        await Runs.Small(policy, options => options.MaxSteps = 2)
            .UseSampler(sampler).AddObserver(sampler)
            .AddEvaluation("drawn", async (_, token) => await DrawAsync(sampler, token))
            .Configure(options => (options.EvaluationInterval, options.EvaluateAtStart) = (1, true))
            .RunAsync();

        // The evaluation before the run and step 1 draw with the initial weights; the evaluation after a step and the next
        // step draw with the weights after that step.
        Assert.Equal(["load 1", "draw", "draw", "load 2", "draw", "draw", "load 3", "draw"], _events);
    }

    [Fact]
    public async Task The_server_gets_the_current_weights()
    {
        using TinyPolicy policy = TestData.Policy();
        List<float[]> saved = [];
        PublishingSampler sampler = new(
            new LocalSampler(policy), (folder, _) => saved.Add(Numbers(policy)), _folder, (_, _, _) => Task.CompletedTask);
        float[] before = Numbers(policy);
        await Runs.Small(policy, options => options.MaxSteps = 2).UseSampler(sampler).AddObserver(sampler).RunAsync();

        Assert.Equal(2, saved.Count);
        Assert.Equal(before, saved[0]);
        Assert.NotEqual(before, saved[1]);
    }

    [Fact]
    public async Task A_rollout_of_several_updates_is_published_once()
    {
        using TinyPolicy policy = TestData.Policy();
        PublishingSampler sampler = Sampler(policy);
        await Runs.Small(policy, options => (options.Iterations, options.MaxSteps) = (2, 4))
            .UseSampler(sampler).AddObserver(sampler).RunAsync();

        Assert.Equal(["load 1", "draw", "load 2", "draw"], _events);
    }

    [Fact]
    public async Task There_is_one_folder_at_a_time_under_a_unique_name()
    {
        using TinyPolicy policy = TestData.Policy();
        List<string> versions = [];
        PublishingSampler sampler = new(
            new ScriptedSampler("a"), policy.Save, _folder, (folder, version, _) =>
            {
                Assert.Equal(Path.Combine(_folder, version), folder);
                using TinyPolicy loaded = TinyPolicy.Load(folder);
                Assert.Equal(Numbers(policy), Numbers(loaded));
                versions.Add(version);
                return Task.CompletedTask;
            });
        for (int call = 0; call < 3; call++)
        {
            // Without a run, nothing reports whether weights changed, so each call loads them.
            await DrawAsync(sampler, CancellationToken.None);
            Assert.Equal(versions[^1], Path.GetFileName(Assert.Single(Directory.GetDirectories(_folder))));
        }

        Assert.Equal(3, versions.Distinct().Count());
    }

    [Fact]
    public async Task Weights_that_were_not_loaded_are_loaded_by_the_next_call()
    {
        using TinyPolicy policy = TestData.Policy();
        int calls = 0;
        PublishingSampler sampler = new(
            new ScriptedSampler("a"), policy.Save, _folder,
            (_, _, _) => ++calls == 2 ? throw new InvalidOperationException("The server is away.") : Task.CompletedTask);
        sampler.OnStart(new TrainingStart("test", 0, 2));
        await DrawAsync(sampler, CancellationToken.None);
        string first = Assert.Single(Directory.GetDirectories(_folder));
        sampler.OnGradients(1);
        await Assert.ThrowsAsync<InvalidOperationException>(() => DrawAsync(sampler, CancellationToken.None));
        Assert.Equal(first, Assert.Single(Directory.GetDirectories(_folder)));
        await DrawAsync(sampler, CancellationToken.None);
        await DrawAsync(sampler, CancellationToken.None);

        Assert.Equal(3, calls);
        Assert.NotEqual(first, Assert.Single(Directory.GetDirectories(_folder)));
    }

    // Between two runs, the weights may have been changed by something that reports no steps.
    [Fact]
    public async Task A_run_loads_the_weights_when_it_starts_even_if_the_last_one_loaded_its_last()
    {
        using TinyPolicy policy = TestData.Policy();
        PublishingSampler sampler = Sampler(policy);
        sampler.OnStart(new TrainingStart("test", 0, 2));
        await DrawAsync(sampler, CancellationToken.None);
        await DrawAsync(sampler, CancellationToken.None);
        sampler.OnStop();
        sampler.OnStart(new TrainingStart("test", 0, 2));
        await DrawAsync(sampler, CancellationToken.None);

        Assert.Equal(["load 1", "draw", "draw", "load 2", "draw"], _events);
    }

    [Fact]
    public async Task Weights_that_were_not_saved_are_neither_loaded_nor_drawn_with_nor_left_behind()
    {
        using TinyPolicy policy = TestData.Policy();
        bool isFull = true;
        List<string> loaded = [];
        PublishingSampler sampler = new(
            new Recording(new ScriptedSampler("a"), _events), (folder, cancellationToken) =>
            {
                policy.Save(folder, cancellationToken);
                if (isFull)
                {
                    throw new IOException("No space left on device");
                }
            }, _folder, (folder, _, _) =>
            {
                loaded.Add(folder);
                return Task.CompletedTask;
            });
        await Assert.ThrowsAsync<IOException>(() => DrawAsync(sampler, CancellationToken.None));
        Assert.Empty(Directory.GetDirectories(_folder));
        Assert.Empty(loaded);
        Assert.Empty(_events);

        isFull = false;
        await DrawAsync(sampler, CancellationToken.None);
        Assert.Equal(Assert.Single(loaded), Assert.Single(Directory.GetDirectories(_folder)));
        Assert.Equal(["draw"], _events);
    }

    // The weights did not move in between: only the load that was not completed tells that the server lacks them.
    [Fact]
    public async Task A_cancelled_load_is_repeated_by_the_next_call_of_the_run()
    {
        using TinyPolicy policy = TestData.Policy();
        using CancellationTokenSource source = new();
        List<string> versions = [];
        PublishingSampler sampler = new(
            new Recording(new ScriptedSampler("a"), _events), policy.Save, _folder, async (_, version, cancellationToken) =>
            {
                versions.Add(version);
                if (versions.Count == 1)
                {
                    source.CancelAfter(TimeSpan.Zero);
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                }
            });
        sampler.OnStart(new TrainingStart("test", 0, 2));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DrawAsync(sampler, source.Token));
        Assert.Empty(Directory.GetDirectories(_folder));
        await DrawAsync(sampler, CancellationToken.None);
        await DrawAsync(sampler, CancellationToken.None);

        Assert.Equal(2, versions.Distinct().Count());
        Assert.Equal(versions[1], Path.GetFileName(Assert.Single(Directory.GetDirectories(_folder))));
        Assert.Equal(["draw", "draw"], _events);
    }

    [Fact]
    public async Task A_cancelled_call_saves_with_its_token()
    {
        using TinyPolicy policy = TestData.Policy();
        PublishingSampler sampler = Sampler(policy);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DrawAsync(sampler, new CancellationToken(canceled: true)));

        Assert.Empty(_events);
        Assert.Empty(Directory.GetDirectories(_folder));
    }

    [Fact]
    public async Task After_a_run_each_call_loads_the_weights()
    {
        using TinyPolicy policy = TestData.Policy();
        PublishingSampler sampler = Sampler(policy);
        await Runs.Small(policy, options => options.MaxSteps = 1).UseSampler(sampler).AddObserver(sampler).RunAsync();
        _events.Clear();

        // Another run draws with the same server without notifying the sampler.
        await Runs.Small(policy, options => options.MaxSteps = 2).UseSampler(sampler).RunAsync();
        Assert.Equal(["load 2", "draw", "load 3", "draw"], _events);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_cancelled_or_failed_run_each_call_loads_the_weights(bool cancelled)
    {
        using TinyPolicy policy = TestData.Policy();
        PublishingSampler sampler = Sampler(policy);
        using CancellationTokenSource source = new();
        GrpoTrainerBuilder builder = Runs.Small(policy, options => options.MaxSteps = 2).UseSampler(sampler).AddObserver(sampler)
            .AddObserver(new Stop(() =>
            {
                source.Cancel();
                throw cancelled ? new OperationCanceledException(source.Token) : new FormatException("broken");
            }));
        await Assert.ThrowsAnyAsync<Exception>(() => builder.RunAsync(cancelled ? source.Token : CancellationToken.None));
        Assert.Equal(["load 1", "draw"], _events);

        // Another run draws with the same server without notifying the sampler; the weights may have changed by now.
        await Runs.Small(policy, options => options.MaxSteps = 1).UseSampler(sampler).RunAsync();
        Assert.Equal(["load 1", "draw", "load 2", "draw"], _events);
    }

    [Fact]
    public async Task A_folder_in_use_fails_nothing_and_is_deleted_later()
    {
        // A superuser can delete any folder, so that an ordinary user publishes, into a folder that its group may write to.
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(
                _folder, File.GetUnixFileMode(_folder) | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute);
        }

        using TinyPolicy policy = TestData.Policy();
        List<IDisposable> uses = [];
        bool fails = false;
        PublishingSampler sampler = new(
            new ScriptedSampler("a"), policy.Save, _folder, (folder, _, _) =>
            {
                uses.Add(new FolderInUse(folder));
                return fails ? throw new InvalidOperationException("The server is away.") : Task.CompletedTask;
            });
        DrawAsOrdinaryUser();
        DrawAsOrdinaryUser();
        fails = true;
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(DrawAsOrdinaryUser);
        Assert.Equal("The server is away.", error.Message);
        Assert.Equal(3, Directory.GetDirectories(_folder).Length);

        uses.ForEach(use => use.Dispose());
        fails = false;
        await DrawAsync(sampler, CancellationToken.None);
        uses[^1].Dispose();
        Assert.Single(Directory.GetDirectories(_folder));

        // Weights are published before the first await, thus on the thread with that user's identity.
        void DrawAsOrdinaryUser() =>
            OrdinaryUser.Run(() => DrawAsync(sampler, CancellationToken.None).GetAwaiter().GetResult());
    }

    private PublishingSampler Sampler(TinyPolicy policy)
    {
        int loads = 0;
        return new PublishingSampler(new Recording(new LocalSampler(policy), _events), policy.Save, _folder, (_, _, _) =>
        {
            _events.Add($"load {++loads}");
            return Task.CompletedTask;
        });
    }

    private static async Task<double> DrawAsync(ISampler sampler, CancellationToken cancellationToken)
    {
        int count = 0;
        await foreach (CompletionGroup group in sampler.SampleAsync(
            TestData.Prompts(1), new SamplingOptions { SamplesPerPrompt = 1, MaxNewTokens = 2, Seed = 1 }, cancellationToken))
        {
            count += group.Completions.Count;
        }

        return count;
    }

    private static float[] Numbers(TinyPolicy policy)
    {
        using IDisposable guard = no_grad();
        return [.. policy.Parameters.SelectMany(parameter => parameter.Value.data<float>().ToArray())];
    }

    /// <summary>Ends a run after sampling and before the update.</summary>
    private sealed class Stop(Action end) : IRolloutObserver
    {
        public void OnRollout(Rollout rollout) => end();
    }

    private sealed class Recording(ISampler sampler, List<string> events) : ISampler
    {
        public IAsyncEnumerable<CompletionGroup> SampleAsync(
            IReadOnlyList<VqaPrompt> prompts, SamplingOptions options, CancellationToken cancellationToken = default)
        {
            events.Add("draw");
            return sampler.SampleAsync(prompts, options, cancellationToken);
        }
    }

    /// <summary>Keeps a folder from being deleted: by an open file on Windows, elsewhere by removing the write permission.</summary>
    private sealed class FolderInUse : IDisposable
    {
        private readonly string _folder;
        private readonly FileStream? _open;

        public FolderInUse(string folder)
        {
            _folder = folder;
            if (OperatingSystem.IsWindows())
            {
                _open = new FileStream(Directory.GetFiles(folder)[0], FileMode.Open, FileAccess.Read, FileShare.Read);
            }
            else
            {
                File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            }
        }

        public void Dispose()
        {
            _open?.Dispose();
            if (!OperatingSystem.IsWindows() && Directory.Exists(_folder))
            {
                File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
    }
}
