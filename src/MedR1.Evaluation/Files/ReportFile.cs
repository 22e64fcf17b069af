using System.Text.Json;

namespace MedR1.Evaluation;

/// <summary>
/// Stores a report with all its answers as JSON, to be read by people and programs and compared with later reports. Images are not
/// stored: the questions of a loaded report have none.
/// </summary>
public static class ReportFile
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,

        // Null where a report has a text is an error of the file, not of the code that uses the report.
        RespectNullableAnnotations = true,

        // The file is not embedded in HTML, so text in other scripts can stay readable.
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes a report; an existing file is replaced when the new one is complete.</summary>
    /// <param name="report">The report.</param>
    /// <param name="path">The file; its folder is created if missing.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public static void Save(EvaluationReport report, string path)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        WholeFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(ReportDocument.Of(report), s_json));
    }

    /// <summary>Reads a report.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file is not a report, is truncated, or its questions do not match its hash.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static EvaluationReport Load(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        byte[] bytes = File.ReadAllBytes(path);
        ReportDocument document;
        try
        {
            document = JsonSerializer.Deserialize<ReportDocument>(bytes, s_json)
                ?? throw new InvalidDataException($"'{path}' contains null, not a report.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"'{path}' is not a report: {exception.Message}", exception);
        }

        return document.ToReport(path);
    }
}
