using System.Text.Json;
using MedR1.Training;

namespace MedR1.Samples.Comparison;

/// <summary>The accuracy of training answers over the steps, averaged over seeds.</summary>
internal static class TrainingCurve
{
    /// <summary>The number of steps that a point of the curve averages over; the first points average over fewer.</summary>
    public const int Window = 10;

    private static readonly string s_name = TrainingMetricNames.RewardMeanOf("option_text");

    /// <summary>Reads the metrics of trainings; empty if none of them sampled.</summary>
    public static (double[] Steps, double[] Values) Of(IReadOnlyList<string> files)
    {
        SortedDictionary<double, List<double>> points = [];
        foreach (string line in files.Where(File.Exists).SelectMany(File.ReadLines))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            if (document.RootElement.TryGetProperty(s_name, out JsonElement value) && value.ValueKind == JsonValueKind.Number)
            {
                double step = document.RootElement.GetProperty("step").GetDouble();
                (points.TryGetValue(step, out List<double>? list) ? list : points[step] = []).Add(value.GetDouble());
            }
        }

        double[] means = [.. points.Values.Select(values => values.Average())];
        return ([.. points.Keys], [.. means.Select((_, index) =>
            means[Math.Max(0, index - Window + 1)..(index + 1)].Average())]);
    }
}
