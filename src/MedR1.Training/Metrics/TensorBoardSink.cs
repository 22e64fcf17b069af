namespace MedR1.Training;

/// <summary>Writes scalars for TensorBoard: one event file in a folder of the run, one record per step.</summary>
/// <remarks>
/// Records are appended one by one. A record that does not fit on a full disk is written together with the next one that does. Values that
/// are not finite are skipped.
/// </remarks>
public sealed class TensorBoardSink : IMetricSink, IDisposable
{
    private readonly AppendedFile _file;
    private readonly TimeProvider _time;

    /// <summary>Opens an event file.</summary>
    /// <param name="folder">The run's folder; created if missing.</param>
    /// <param name="timeProvider">The clock; <see langword="null"/> for the system's.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public TensorBoardSink(string folder, TimeProvider? timeProvider = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        _time = timeProvider ?? TimeProvider.System;
        Directory.CreateDirectory(folder);
        string start = Path.Combine(
            folder, $"events.out.tfevents.{_time.GetUtcNow().ToUnixTimeSeconds()}.medr1.{Environment.ProcessId}");
        string path = start;
        for (int copy = 1; File.Exists(path); copy++)
        {
            path = $"{start}.{copy}";
        }

        FilePath = Path.GetFullPath(path);
        _file = new AppendedFile(new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0));
        try
        {
            _file.Append(EventRecord.Version(WallTime()), isKept: false);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>The event file.</summary>
    public string FilePath { get; }

    /// <inheritdoc/>
    public ValueTask WriteAsync(StepMetrics metrics, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        cancellationToken.ThrowIfCancellationRequested();
        byte[] record = EventRecord.Scalars(
            WallTime(), metrics.Step, metrics.Values.Where(pair => double.IsFinite(pair.Value)));
        _file.Append(record, isKept: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private double WallTime() => _time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
}
