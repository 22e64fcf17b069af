using System.Text.Json;
using MedR1.Imaging;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;

namespace MedR1.Conformance;

/// <summary>Rendered prompts and the sizes of their images to expanded ids, left-padded as the reference pads
/// them.</summary>
public sealed class PromptExpansionKind : IConformanceKind
{
    private const int PatchSize = 14;
    private const int MergeSize = 2;

    /// <inheritdoc/>
    public string Kind => "prompt-expansion";

    /// <inheritdoc/>
    public string? Obstacle(ConformanceCase conformanceCase) => CaseTokenizer.Obstacle(conformanceCase);

    /// <inheritdoc/>
    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        BytePairTokenizer tokenizer = CaseTokenizer.Open(conformanceCase, CaseTokenizer.NameIn(conformanceCase));
        int placeholder = Qwen2VLTokens.IdOf(tokenizer, Qwen2VLTokens.ImagePlaceholder);
        int padding = Qwen2VLTokens.IdOf(tokenizer, Qwen2VLTokens.EndOfText);
        JsonElement expectedItems = conformanceCase.Expected.GetProperty("items");
        int i = 0;
        foreach (JsonElement item in conformanceCase.Inputs.GetProperty("items").EnumerateArray())
        {
            JsonElement expected = expectedItems[i];
            string label = $"items[{i++}]";
            ImageGrid[][] grids = [.. item.GetProperty("image_sizes_width_height").EnumerateArray().Select(
                sizes => sizes.EnumerateArray().Select(size => Grid(item, size)).ToArray())];
            IReadOnlyList<int>[] rows =
                [.. item.GetProperty("texts").EnumerateArray().Select((text, row) => PromptExpansion.Expand(
                tokenizer.Encode(text.GetString()!, ControlTokenHandling.Parse), placeholder, grids[row], MergeSize))];
            int width = rows.Max(row => row.Count);
            JsonElement expectedGrids = expected.GetProperty("image_grid_thw");
            checker.SequenceEqual(
                $"{label}.image_grid_thw",
                expectedGrids.ValueKind == JsonValueKind.Array
                    ? [.. expectedGrids.EnumerateArray().SelectMany(CaseTokenizer.Ids)]
                    : [],
                [.. grids.SelectMany(row => row).SelectMany(grid => new[] { grid.Frames, grid.Rows, grid.Columns })]);
            for (int row = 0; row < rows.Length; row++)
            {
                int[] pads = [.. Enumerable.Repeat(padding, width - rows[row].Count)];
                int[] ids = [.. pads, .. rows[row]];
                checker.SequenceEqual($"{label}.input_ids[{row}]", Row("input_ids", row), ids);
                checker.SequenceEqual(
                    $"{label}.attention_mask[{row}]", Row("attention_mask", row),
                    [.. ids.Select((_, at) => at < pads.Length ? 0 : 1)]);
                checker.SequenceEqual(
                    $"{label}.mm_token_type_ids[{row}]", Row("mm_token_type_ids", row),
                    [.. ids.Select(id => id == placeholder ? 1 : 0)]);
            }

            int[] Row(string field, int row) => CaseTokenizer.Ids(expected.GetProperty(field)[row]);
        }
    }

    private static ImageGrid Grid(JsonElement item, JsonElement size)
    {
        ImageSize resized = SmartResize.Compute(
            size[1].GetInt32(), size[0].GetInt32(), PatchSize * MergeSize,
            item.GetProperty("min_pixels").GetInt64(), item.GetProperty("max_pixels").GetInt64());
        return new ImageGrid(1, resized.Height / PatchSize, resized.Width / PatchSize);
    }
}
