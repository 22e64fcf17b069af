using System.Text.Encodings.Web;
using System.Text.Json;

namespace MedR1.Training;

/// <summary>
/// Writes every completion of a run as a line of JSON: rollout, example, question, text, how it ended, rewards by name and
/// advantage, which is null in PPO. A resumed run continues in the same file.
/// </summary>
public sealed class CompletionLog : IRolloutObserver, IDisposable
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly AppendedFile _file;

    /// <summary>Opens the file, creating its folder if missing.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public CompletionLog(string path)
        : this(JsonLinesFile.Open(path))
    {
    }

    internal CompletionLog(AppendedFile file) => _file = file;

    /// <inheritdoc/>
    public void OnRollout(Rollout rollout)
    {
        ArgumentNullException.ThrowIfNull(rollout);
        using MemoryStream lines = new();
        foreach (CompletionRow row in CompletionRow.Of(rollout))
        {
            using (Utf8JsonWriter json = new(lines, Json))
            {
                Write(json, rollout.Index, row);
            }

            lines.WriteByte((byte)'\n');
        }

        // A failure also ends the run, which reports the rollout again when it resumes.
        _file.Append(lines.GetBuffer().AsSpan(0, (int)lines.Length), isKept: false);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private static void Write(Utf8JsonWriter json, long rollout, CompletionRow row)
    {
        json.WriteStartObject();
        json.WriteNumber("rollout", rollout);
        json.WriteString("example", row.Example);
        json.WriteString("question", row.Question);
        json.WriteString("completion", row.Completion.Text);
        json.WriteNumber("tokens", row.Completion.TokenCount);
        json.WriteString("ended", row.Completion.StopReason.ToString());
        WriteNumber(json, "reward", row.Score.Total);
        json.WriteStartObject("rewards");
        foreach ((string name, double? value) in row.Rewards)
        {
            WriteNumber(json, name, value);
        }

        json.WriteEndObject();
        WriteNumber(json, "advantage", row.Advantage);
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? value)
    {
        if (value is double number && double.IsFinite(number))
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
