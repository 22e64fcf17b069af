using System.Text.Json;

using MedR1.Losses;

namespace MedR1.Conformance;

/// <summary>Compares metrics by name.</summary>
internal static class MetricChecks
{
    /// <summary>Compares each expected metric; null is one for which the reference has no value.</summary>
    public static void Compare(
        Checker checker, string field, JsonElement expected, IReadOnlyDictionary<string, LossMetric> got) =>
        Compare(checker, field, expected, name =>

            // The reference uses 0 for a mean or a sampler's extreme over nothing; the library has no value then.
            got.TryGetValue(name, out LossMetric metric) ? metric.Weight == 0 ? 0 : metric.Value : null);

    /// <summary>Compares each expected metric with plain values.</summary>
    public static void Compare(
        Checker checker, string field, JsonElement expected, IReadOnlyDictionary<string, double> got) =>
        Compare(checker, field, expected, name => got.TryGetValue(name, out double value) ? value : null);

    private static void Compare(Checker checker, string field, JsonElement expected, Func<string, double?> got)
    {
        foreach (JsonProperty property in expected.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.Null)
            {
                continue;
            }

            if (got(property.Name) is double value)
            {
                checker.Number(
                    $"{field}/{property.Name}",
                    property.Value.GetDouble(),
                    value,
                    checker.ToleranceOf(property.Name, field));
            }
            else
            {
                checker.Fail($"{field}/{property.Name}: missing, expected {property.Value}");
            }
        }
    }
}
