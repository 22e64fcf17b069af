using System.Text.Json;

using MedR1.Losses;

namespace MedR1.Conformance;

/// <summary>Compares metrics by name.</summary>
internal static class MetricChecks
{
    /// <summary>Compares each expected metric; null is one that the reference has no value for.</summary>
    public static void Compare(
        Checker checker, string field, JsonElement expected, IReadOnlyDictionary<string, LossMetric> got) =>
        Compare(checker, field, expected, name =>

            // Where the reference has a value for nothing, a mean or a sampler's extreme, it is 0; ours have none.
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
