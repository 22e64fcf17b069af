using System.Text.Encodings.Web;
using System.Text.Json;
using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Training;

/// <summary>
/// Writes and reads the checkpoints of a run. Each is a folder <c>step-000500</c> with <c>model/</c> (in the model family's published
/// format), <c>trainer.safetensors</c> (optimizer and weights), <c>trainer.json</c> (where the run stands), whatever the trainer adds, and
/// <c>checksums.json</c> with a checksum of each file that a run needs to resume.
/// </summary>
internal sealed partial class CheckpointStore(
    IVisionLanguagePolicy policy, ParameterUpdater updater, TrainerOptions options, int totalSteps, string trainer,
    IReadOnlyDictionary<string, string> invariants, params IReadOnlyList<ICheckpointParts> parts)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly CheckpointFolders? _folders =
        options.OutputFolder is null ? null : new CheckpointFolders(options.OutputFolder);

    private readonly RunInvariants _invariants = new(
        trainer, policy, new Dictionary<string, string>([.. invariants, .. updater.Settings]), options, totalSteps, updater.RatesBeside);

    private readonly HashSet<long> _own = [];
    private long _lastSaved;
    private long _resumedHereAt;
    private string? _resumedFrom;
    private IDisposable? _lock;

    /// <summary>The last checkpoint that was written.</summary>
    public string? Last { get; private set; }

    /// <summary>The last checkpoint written or, before the first, the one that the run was resumed from.</summary>
    public string? Newest => Last ?? _resumedFrom;

    /// <summary>The checkpoint of the best step; null if there is none in this folder.</summary>
    public string? BestOf(RunState state) =>
        state.BestStep is long step and > 0 && IsOfRun(step) && _folders?.Of(step) is string folder && Directory.Exists(folder)
            ? folder : null;

    /// <summary>
    /// Writes a checkpoint if the interval or the run has ended, or the step is the best so far; then removes expired checkpoints.
    /// </summary>
    /// <returns>The folder; null if none was due.</returns>
    /// <exception cref="CheckpointException">The checkpoint can't be written; nothing half-written is left.</exception>
    public string? SaveIfDue(RunState state, CancellationToken cancellationToken)
    {
        bool isBest = state.BestStep == state.Step;
        bool isDue = isBest || state.Step >= totalSteps || state.EndsEarly
            || (options.SaveInterval > 0 && state.Step % options.SaveInterval == 0);
        if (_folders is null || !isDue || state.Step == _lastSaved)
        {
            return null;
        }

        string target = Save(_folders, state, cancellationToken);
        _lastSaved = state.Step;
        RemoveExpired(state);
        return target;
    }

    /// <summary>
    /// Reserves the output folder and makes sure, before the first step, that checkpoints can be written there. A run that was killed after
    /// writing its last checkpoint, but before updating the pointers or removing earlier checkpoints, writes no further one, so that this
    /// is made up for here.
    /// </summary>
    /// <exception cref="CheckpointException">No checkpoint can be written there, or a different run has reserved the folder.</exception>
    public void Begin(RunState state)
    {
        try
        {
            _lock = _folders?.Take();
            _folders?.Probe();
            if (_folders is not null && _resumedHereAt >= totalSteps)
            {
                _folders.Recover();
                if (_folders.Steps is not [.., long newest] || newest <= state.Step)
                {
                    // Not if there is a later checkpoint: the caller may only inspect an earlier one, and the next run would resume from
                    // it.
                    Point(_folders, state);
                }

                RemoveExpired(state);
            }
        }
        catch (Exception exception) when (exception is (IOException or UnauthorizedAccessException) and not CheckpointException)
        {
            throw new CheckpointException(
                $"No checkpoint can be written to '{options.OutputFolder}': {exception.Message} Set OutputFolder to a writable "
                + "folder.", exception);
        }
    }

    /// <summary>Releases the output folder.</summary>
    public void End()
    {
        _lock?.Dispose();
        _lock = null;
    }

    private string Save(CheckpointFolders folders, RunState state, CancellationToken cancellationToken)
    {
        string target = folders.Of(state.Step);
        try
        {
            if (Last is null)
            {
                folders.Recover();
            }

            folders.Write(state.Step, folder => Write(folder, state, cancellationToken));
            _own.Add(state.Step);
            Point(folders, state);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            throw new CheckpointException(
                $"The checkpoint '{target}' can't be written: {ForeignExceptions.MessageOf(exception)} "
                + (exception is DiskFullException ? "Earlier" : "No partial files remain, and earlier")
                + " checkpoints are unchanged. Fix that, then call RunAsync of this trainer again, which continues with "
                + "the checkpoint; until then, policy.Save(folder) saves the weights.", exception);
        }

        Last = target;
        return target;
    }

    private void Point(CheckpointFolders folders, RunState state)
    {
        folders.Point(CheckpointFolders.Latest, state.Step);
        if (BestOf(state) is not null)
        {
            // At every checkpoint: a run killed just before this line would otherwise never point to its best. If a run continues in a
            // different folder, its best checkpoint stays in the old one.
            folders.Point(CheckpointFolders.Best, state.BestStep!.Value);
        }
    }

    /// <summary>Reads a checkpoint into policy and optimizer.</summary>
    /// <param name="folder">A checkpoint, or a run's output folder for its latest checkpoint.</param>
    /// <exception cref="CheckpointException">The checkpoint can't be read, or belongs to a different run.</exception>
    public RunState Load(string folder)
    {
        string source = CheckpointFolders.Find(folder);
        RequireWhole(source, [CheckpointFolders.StateFile], name => name == CheckpointFolders.StateFile);
        CheckpointState state = ReadState(source);
        _invariants.Require(source, state);
        RequireWhole(
            source, [CheckpointFiles.TensorFile, .. parts.SelectMany(part => part.FilesOf(state.Run))],
            name => name != CheckpointFolders.StateFile);
        Dictionary<string, Tensor>? tensors = null;
        try
        {
            tensors = SafetensorsFile.Load(Path.Combine(source, CheckpointFiles.TensorFile));

            // Checked before a part, such as a critic, is overwritten: either everything fits, or nothing changes.
            updater.RequireFit(tensors);
            foreach (ICheckpointParts part in parts)
            {
                part.Read(source, state.Run);
            }

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

        _resumedFrom = source;
        _resumedHereAt = _folders?.Holds(source) == true ? state.Run.Step : 0;

        // A rescued step is saved again once its closing work is done.
        _lastSaved = state.Run.Unfinished is null ? state.Run.Step : 0;
        return state.Run;
    }

    // Checkpoints after the step that the run was resumed from may belong to a different attempt; in a folder other than the one it was
    // resumed from, all earlier checkpoints belong to different runs.
    private bool IsOfRun(long step) => step <= _resumedHereAt || _own.Contains(step);

    private void RemoveExpired(RunState state)
    {
        foreach (long step in CheckpointRetention.Expired([.. _folders!.Steps.Where(IsOfRun)], state.Step, state.BestStep, options))
        {
            _folders.Remove(step);
        }
    }

    private static void RequireWhole(string source, IEnumerable<string> needed, Func<string, bool> chosen)
    {
        try
        {
            CheckpointFiles.Require(source, needed, chosen);
        }
        catch (InvalidDataException exception)
        {
            string way = CheckpointFolders.EarlierThan(source) is string earlier
                ? $"Resume from an earlier one: .ResumeFrom(\"{earlier}\")." : "There is no earlier one next to it: start a new run.";
            throw new CheckpointException($"The checkpoint '{source}' is damaged: {exception.Message} {way}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"The checkpoint '{source}' can't be read: {exception.Message}", exception);
        }
    }

    private static CheckpointState ReadState(string source)
    {
        string path = Path.Combine(source, CheckpointFolders.StateFile);
        try
        {
            return CheckpointState.Read(File.ReadAllBytes(path));
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(
                $"'{path}' can't be read: {exception.Message} This version reads format "
                + $"{CheckpointState.CurrentFormat}.", exception);
        }
    }

    private void Write(string folder, RunState state, CancellationToken cancellationToken)
    {
        policy.Save(Path.Combine(folder, "model"), cancellationToken);
        CheckpointFiles files = new(folder, cancellationToken);
        files.Write(CheckpointFiles.TensorFile, updater.GetState);
        foreach (ICheckpointParts part in parts)
        {
            part.Write(files);
        }

        CheckpointState document = new()
        {
            Format = CheckpointState.CurrentFormat,
            Trainer = trainer,
            Run = state,
            Invariants = _invariants.Values,
            Changes = _invariants.Changes,
        };
        files.Write(CheckpointFolders.StateFile, JsonSerializer.SerializeToUtf8Bytes(document, Json));
        files.Complete();
    }
}
