using System.Text.Json;

namespace MedR1.Training;

/// <summary>
/// Writes a line of JSON per step: <c>step</c>, then every value under its name; values that are not finite become null.
/// </summary>
/// <remarks>
/// Lines are appended one by one, so that a killed run loses none and a resumed run continues in the same file. A line for which
/// the disk had no room is written with the next one for which it has.
/// </remarks>
public sealed class JsonLinesSink : IMetricSink, IDisposable
{
    private readonly AppendedFile _file;

    /// <summary>Opens the file, creating its folder if missing.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public JsonLinesSink(string path) => _file = JsonLinesFile.Open(path);

    /// <inheritdoc/>
    public ValueTask WriteAsync(StepMetrics metrics, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        cancellationToken.ThrowIfCancellationRequested();
        using MemoryStream line = new();
        using (Utf8JsonWriter json = new(line))
        {
            json.WriteStartObject();
            json.WriteNumber("step", metrics.Step);
            foreach ((string name, double value) in metrics.Values)
            {
                if (double.IsFinite(value))
                {
                    json.WriteNumber(name, value);
                }
                else
                {
                    json.WriteNull(name);
                }
            }

            json.WriteEndObject();
        }

        line.WriteByte((byte)'\n');
        _file.Append(line.GetBuffer().AsSpan(0, (int)line.Length), isKept: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Reads what such a sink has written.</summary>
    /// <param name="path">The file.</param>
    /// <returns>
    /// Each step once, in order: of values that were written several times, because a run was interrupted and repeated them, the last.
    /// Null becomes NaN; a line that a killed run left half written is left out.
    /// </returns>
    /// <exception cref="IOException">The file can't be read.</exception>
    /// <exception cref="InvalidDataException">A whole line is not one of metrics.</exception>
    public static IReadOnlyList<StepMetrics> Read(string path) => MetricLines.Read(path);

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();
}
