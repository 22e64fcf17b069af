using System.Text.Json;
using MedR1.Imaging;

namespace MedR1.Conformance;

/// <summary>Heights and widths to the size to which the processor resamples.</summary>
public sealed class SmartResizeKind : IConformanceKind
{
    /// <inheritdoc/>
    public string Kind => "smart-resize";

    /// <inheritdoc/>
    public string? Obstacle(ConformanceCase conformanceCase) =>
        RuleOf(conformanceCase) is null ? "unknown rule: made_with names neither transformers nor qwen-vl-utils" : null;

    /// <inheritdoc/>
    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        JsonElement names = conformanceCase.Inputs.GetProperty("columns");
        string[] columns = [.. names.EnumerateArray().Select(column => column.GetString()!)];
        JsonElement items = conformanceCase.Inputs.GetProperty("items");
        JsonElement expected = conformanceCase.Expected.GetProperty("items");
        for (int i = 0; i < items.GetArrayLength(); i++)
        {
            string wanted = expected[i].ValueKind == JsonValueKind.Array
                ? $"{expected[i][0]} x {expected[i][1]}"
                : expected[i].GetProperty("error").GetString()!;
            checker.Equal($"item {i} {items[i]}", wanted, Compute(columns, items[i], RuleOf(conformanceCase)!.Value));
        }
    }

    private static string Compute(string[] columns, JsonElement item, SmartResizeRule rule)
    {
        long Column(string name) => item[Array.IndexOf(columns, name)].GetInt64();
        try
        {
            ImageSize size = SmartResize.Compute(
                (int)Column("height"),
                (int)Column("width"),
                (int)Column("factor"),
                Column("min_pixels"),
                Column("max_pixels"),
                rule);
            return $"{size.Height} x {size.Width}";
        }
        catch (AspectRatioException)
        {
            return "ValueError";
        }
        catch (ArgumentException)
        {
            return "AssertionError";
        }
    }

    private static SmartResizeRule? RuleOf(ConformanceCase conformanceCase)
    {
        JsonElement madeWith = conformanceCase.Document.GetProperty("made_with");
        bool hasTransformers = madeWith.TryGetProperty("transformers", out _);
        bool hasUtils = madeWith.TryGetProperty("qwen-vl-utils", out _);
        if (hasUtils && (!hasTransformers || conformanceCase.Name.Contains("qwen-vl-utils", StringComparison.Ordinal)))
        {
            return SmartResizeRule.QwenVlUtils;
        }

        return hasTransformers ? SmartResizeRule.Transformers : null;
    }
}
