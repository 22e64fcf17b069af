using System.Text.Json;

namespace MedR1.Conformance;

/// <summary>Data sets in their published layouts.</summary>
public sealed class ParquetAndJsonKind : IConformanceKind
{
    private static readonly Dictionary<string, Action<ConformanceCase, Checker>> s_layouts = new()
    {
        ["omnimedvqa"] = OmniMedVqaLayout.Check,
        ["med-r1-split"] = MedR1SplitLayout.Check,
        ["medvlm-r1"] = MedVlmR1Layout.Check,
        ["vqa-rad"] = VqaRadLayout.Check,
        ["slake"] = SlakeLayout.Check,
        ["pmc-vqa"] = PmcVqaLayout.Check,
        ["vqa-rad-parquet"] = ParquetLayouts.Check,
        ["path-vqa-parquet"] = ParquetLayouts.Check,
        ["med-r1-parquet"] = ParquetLayouts.Check,
        ["image-list-parquet"] = ParquetLayouts.Check,
        ["parquet"] = ParquetLayouts.Check,
        ["hf-saved-to-disk"] = SavedToDiskLayout.Check,
        ["llava"] = ConversationLayouts.Check,
        ["sharegpt"] = ConversationLayouts.Check,
        ["json-lines"] = JsonLinesLayout.Check,
    };

    /// <inheritdoc/>
    public string Kind => "parquet-and-json";

    /// <inheritdoc/>
    public string? Obstacle(ConformanceCase conformanceCase) =>
        s_layouts.ContainsKey(LayoutOf(conformanceCase)) ? null : $"unknown layout '{LayoutOf(conformanceCase)}'";

    /// <inheritdoc/>
    public void Check(ConformanceCase conformanceCase, Checker checker) =>
        s_layouts[LayoutOf(conformanceCase)](conformanceCase, checker);

    // The layout of some cases is a list of layouts, which are checked together.
    private static string LayoutOf(ConformanceCase conformanceCase)
    {
        JsonElement layout = conformanceCase.Inputs.GetProperty("layout");
        return (layout.ValueKind == JsonValueKind.Array ? layout[0] : layout).GetString()!;
    }
}
