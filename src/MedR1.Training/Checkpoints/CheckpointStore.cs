using System.Text.Json;
using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Training;

/// <summary>
/// Writes and reads the checkpoints of a run. One is a folder <c>step-000500</c> with <c>model/</c> (in the family's
/// published form), <c>trainer.safetensors</c> (optimizer and weights) and <c>trainer.json</c> (where the run stands).
/// It is written under another name and renamed when it is complete; <c>latest</c> beside it names the newest.
/// </summary>
internal sealed class CheckpointStore(
    IVisionLanguagePolicy policy, ParameterUpdater updater, TrainerOptions options, int totalSteps, string trainer,
    IReadOnlyDictionary<string, string> invariants)
{
    private const string LatestFile = "latest";
    private const string StateFile = "trainer.json";
    private const string TensorFile = "trainer.safetensors";
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    private long _lastSaved;

    /// <summary>The last checkpoint that was written.</summary>
    public string? Last { get; private set; }

    /// <summary>Writes a checkpoint if the interval is over or the run is.</summary>
    /// <exception cref="CheckpointException">It can't be written; nothing half-written is left.</exception>
    public void SaveIfDue(RunState state, CancellationToken cancellationToken)
    {
        bool isDue = state.Step >= totalSteps
            || (options.SaveInterval > 0 && state.Step - _lastSaved >= options.SaveInterval);
        if (options.OutputFolder is null || !isDue || state.Step == _lastSaved)
        {
            return;
        }

        string target = Path.Combine(Path.GetFullPath(options.OutputFolder), $"step-{state.Step:000000}");
        string half = Path.Combine(
            Path.GetFullPath(options.OutputFolder), $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.tmp");
        try
        {
            Directory.CreateDirectory(half);
            DeleteLeftovers(half);
            Write(half, state, cancellationToken);
            Replace(half, target);
            WriteLatest(target);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new CheckpointException(
                $"The checkpoint '{target}' can't be written: {exception.Message} Nothing half-written is left, and "
                + "earlier checkpoints are as they were. Free space or choose another OutputFolder, then go on by ResumeFrom.", exception);
        }
        finally
        {
            DeleteFolder(half);
        }

        Last = target;
        _lastSaved = state.Step;
    }

    /// <summary>Reads a checkpoint into policy and optimizer.</summary>
    /// <param name="folder">A checkpoint, or a run's output folder for its latest.</param>
    /// <exception cref="CheckpointException">It can't be read, or is of another run.</exception>
    public RunState Load(string folder)
    {
        string source = Find(folder);
        CheckpointState state = ReadState(source);
        Require(source, state);
        Dictionary<string, Tensor>? tensors = null;
        try
        {
            tensors = SafetensorsFile.Load(Path.Combine(source, TensorFile));
            updater.LoadState(tensors);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw new CheckpointException($"The checkpoint '{source}' can't be read: {exception.Message}", exception);
        }
        finally
        {
            foreach (Tensor tensor in tensors?.Values.ToArray() ?? [])
            {
                tensor.Dispose();
            }
        }

        _lastSaved = state.Step;
        return new RunState
        {
            Step = state.Step,
            Rollouts = state.Rollouts,
            Tokens = state.Tokens,
            SkippedSteps = state.SkippedSteps,
            RewardFailures = state.RewardFailures,
        };
    }

    private static string Find(string folder)
    {
        string latest = Path.Combine(folder, LatestFile);
        string source = File.Exists(latest) ? Path.Combine(folder, File.ReadAllText(latest).Trim()) : folder;
        return File.Exists(Path.Combine(source, StateFile)) ? source : throw new CheckpointException(
            $"'{source}' is no checkpoint: it has no {StateFile}. Give a folder such as runs/first/step-000500, or the "
            + $"output folder of a run, which has a file '{LatestFile}'.");
    }

    private static CheckpointState ReadState(string source)
    {
        try
        {
            return JsonSerializer.Deserialize<CheckpointState>(File.ReadAllBytes(Path.Combine(source, StateFile)))
                ?? throw new JsonException("it is empty");
        }
        catch (Exception exception) when (exception is JsonException or IOException)
        {
            throw new CheckpointException(
                $"'{Path.Combine(source, StateFile)}' can't be read: {exception.Message}", exception);
        }
    }

    private void Require(string source, CheckpointState state)
    {
        List<string> mistakes = [];
        if (state.Format != CheckpointState.CurrentFormat)
        {
            mistakes.Add($"its format is {state.Format}, this version reads {CheckpointState.CurrentFormat}");
        }

        if (state.Trainer != trainer)
        {
            mistakes.Add($"it was written by {state.Trainer}, not by {trainer}");
        }

        mistakes.AddRange(invariants.Where(pair => state.Invariants.GetValueOrDefault(pair.Key) != pair.Value).Select(
            pair => $"{pair.Key} was {state.Invariants.GetValueOrDefault(pair.Key, "not known")} and is {pair.Value}"));
        if (mistakes.Count > 0)
        {
            throw new CheckpointException(
                $"The checkpoint '{source}' is of another run: {string.Join("; ", mistakes)}. Set them as they were, "
                + "or start anew.");
        }
    }

    // What a killed run left half-written; a folder belongs to one run at a time.
    private void DeleteLeftovers(string half)
    {
        if (Last is not null)
        {
            return;
        }

        foreach (string folder in Directory.GetDirectories(Path.GetDirectoryName(half)!, ".step-*.tmp*"))
        {
            if (folder != half)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private void Write(string folder, RunState state, CancellationToken cancellationToken)
    {
        policy.Save(Path.Combine(folder, "model"), cancellationToken);
        using (DisposeScope scope = NewDisposeScope())
        {
            SafetensorsWriter.Write(
                Path.Combine(folder, TensorFile),
                [.. updater.GetState().Select(pair => SafetensorsItem.Of(pair.Key, pair.Value))],
                cancellationToken: cancellationToken);
        }

        CheckpointState document = new()
        {
            Format = CheckpointState.CurrentFormat,
            Trainer = trainer,
            Step = state.Step,
            Rollouts = state.Rollouts,
            Tokens = state.Tokens,
            SkippedSteps = state.SkippedSteps,
            RewardFailures = state.RewardFailures,
            Invariants = invariants.ToDictionary(),
        };
        WriteThrough(Path.Combine(folder, StateFile), JsonSerializer.SerializeToUtf8Bytes(document, Json));
    }

    private static void WriteLatest(string target)
    {
        string latest = Path.Combine(Path.GetDirectoryName(target)!, LatestFile);
        string half = $"{latest}.{Guid.NewGuid():N}.tmp";
        try
        {
            WriteThrough(half, System.Text.Encoding.UTF8.GetBytes(Path.GetFileName(target)));
            File.Move(half, latest, overwrite: true);
        }
        finally
        {
            File.Delete(half);
        }
    }

    private static void WriteThrough(string path, byte[] bytes)
    {
        using FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.None);
        file.Write(bytes);
        file.Flush(flushToDisk: true);
    }

    private static void Replace(string half, string target)
    {
        string? old = Directory.Exists(target) ? $"{half}.old" : null;
        if (old is not null)
        {
            Directory.Move(target, old);
        }

        Directory.Move(half, target);
        if (old is not null)
        {
            DeleteFolder(old);
        }
    }

    private static void DeleteFolder(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
