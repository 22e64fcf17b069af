using System.Text.Json;

namespace MedR1.Training;

/// <summary>Reads the lines of a <see cref="JsonLinesSink"/>.</summary>
internal static class MetricLines
{
    /// <summary>The name of the step's number in a line.</summary>
    public const string StepName = "step";

    public static StepMetrics[] Read(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        SortedDictionary<long, Dictionary<string, double>> steps = [];
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using StreamReader reader = new(file);
        for (int line = 1; reader.ReadLine() is string text; line++)
        {
            // After a power cut, the end of a file may be zeros.
            Take(path, line, text.Trim('\0'), steps);
        }

        return [.. steps.Select(step => new StepMetrics(step.Key, step.Value))];
    }

    private static void Take(string path, int line, string text, SortedDictionary<long, Dictionary<string, double>> steps)
    {
        if (Parse(text) is not JsonDocument document)
        {
            // A killed run may leave half a line anywhere, since the next run continues the file after it.
            if (text.Length > 0 && text[0] != '{')
            {
                throw NoMetrics(path, line, text);
            }

            return;
        }

        using (document)
        {
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object
                || !root.TryGetProperty(StepName, out JsonElement number)
                || number.ValueKind != JsonValueKind.Number || !number.TryGetInt64(out long step)
                || root.EnumerateObject().Any(value => value.Value.ValueKind is not (JsonValueKind.Number or JsonValueKind.Null)))
            {
                throw NoMetrics(path, line, text);
            }

            if (!steps.TryGetValue(step, out Dictionary<string, double>? values))
            {
                steps[step] = values = [];
            }

            foreach (JsonProperty value in root.EnumerateObject().Where(value => value.Name != StepName))
            {
                values[value.Name] = value.Value.ValueKind == JsonValueKind.Null ? double.NaN : value.Value.GetDouble();
            }
        }
    }

    private static InvalidDataException NoMetrics(string path, int line, string text) => new(
        $"Line {line} of '{path}' is not a metrics line: expected an object of numbers with a '{StepName}', but got "
        + $"'{(text.Length <= 40 ? text : text[..40] + "…")}'.");

    private static JsonDocument? Parse(string text)
    {
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
