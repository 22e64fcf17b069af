using System.Text.Json;

namespace MedR1.Conformance;

/// <summary>Cases that are tables: row i of the inputs belongs to row i of the expected outputs.</summary>
internal static class CaseRows
{
    /// <summary>Returns the binding rows, each with a name for reports.</summary>
    public static IEnumerable<(string Name, JsonElement Input, JsonElement Expected)> Binding(
        ConformanceCase conformanceCase, string expectedField = "items")
    {
        JsonElement inputs = conformanceCase.Inputs.GetProperty("items");
        JsonElement expected = conformanceCase.Expected.GetProperty(expectedField);
        for (int i = 0; i < inputs.GetArrayLength(); i++)
        {
            if (!IsBinding(inputs[i]) || !IsBinding(expected[i]))
            {
                continue;
            }

            string category = inputs[i].ValueKind == JsonValueKind.Object
                && inputs[i].TryGetProperty("category", out JsonElement name)
                ? $" ({name.GetString()})" : "";
            yield return ($"item {i}{category}", inputs[i], expected[i]);
        }
    }

    /// <summary>Reads a list of texts.</summary>
    public static string[] Texts(JsonElement list) => [.. list.EnumerateArray().Select(text => text.GetString()!)];

    private static bool IsBinding(JsonElement row) =>
        row.ValueKind != JsonValueKind.Object || !row.TryGetProperty("binding", out JsonElement binding)
            || binding.GetBoolean();
}
