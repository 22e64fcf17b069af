using System.Text.Json;

namespace MedR1.Training;

/// <summary>
/// Writes a line of JSON per step: <c>step</c>, then every value under its name; values that are not finite become null.
/// </summary>
/// <remarks>
/// Lines are appended one by one, so that a killed run loses none and a resumed run continues in the same file. A line that does not fit on
/// a full disk is written together with the next one that does.
/// </remarks>
public sealed class JsonLinesSink : IMetricSink, IDisposable
{
    private readonly AppendedFile _file;

    /// <summary>Opens the file, creating its folder if missing.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public JsonLinesSink(string path) => _file = JsonLinesFile.Open(path);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A metric is named <c>step</c>, like the number of the step.</exception>
    public ValueTask WriteAsync(StepMetrics metrics, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        cancellationToken.ThrowIfCancellationRequested();
        if (metrics.Values.ContainsKey(MetricLines.StepName))
        {
            throw new ArgumentException(
                $"A metric is named '{MetricLines.StepName}', which is reserved for the number of the step; rename it.",
                nameof(metrics));
        }

        using MemoryStream line = new();
        using (Utf8JsonWriter json = new(line))
        {
            json.WriteStartObject();
            json.WriteNumber(MetricLines.StepName, metrics.Step);
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

    /// <summary>Reads a file written by this sink.</summary>
    /// <param name="path">The file.</param>
    /// <returns>
    /// Each step once, in order. If an interrupted run repeated steps, the last of several values counts. Null becomes NaN; a line that a
    /// killed run left half-written is skipped.
    /// </returns>
    /// <exception cref="IOException">The file can't be read.</exception>
    /// <exception cref="InvalidDataException">A complete line does not contain metrics.</exception>
    public static IReadOnlyList<StepMetrics> Read(string path) => MetricLines.Read(path);

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();
}
