using System.Text.Json;

using MedR1.Modeling;
using MedR1.Models.Qwen2VL;

namespace MedR1.Conformance;

/// <summary>Positions of prompts and of the tokens after them.</summary>
internal sealed class PositionsKind : IConformanceKind
{
    public string Kind => "positions";

    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        Qwen2VLConfiguration configuration = Qwen2VLConfiguration.Load(conformanceCase.ModelFolder);
        CaseModel model = CaseModel.Read(conformanceCase, configuration);
        JsonElement expected = conformanceCase.Expected;
        int length = conformanceCase.Inputs.GetProperty("input_ids")[0].GetArrayLength();
        for (int row = 0; row < model.Prompts.Length; row++)
        {
            PromptPositions positions = PromptPositions.Compute(Qwen2VLLayout.Of(configuration), model.Prompts[row]);
            int[][] axes = positions.Axes;
            for (int axis = 0; axis < axes.Length; axis++)
            {
                JsonElement all = expected.GetProperty("position_ids")[axis][row];
                int[] real = [.. model.Places[row].Select(place => all[place].GetInt32())];
                checker.SequenceEqual($"position_ids[{axis}][{row}]", real, axes[axis]);
                if (expected.TryGetProperty("decode_position_ids", out JsonElement decoded))
                {
                    int[] next = [.. decoded[axis][row].EnumerateArray().Select(value => value.GetInt32())];
                    checker.SequenceEqual(
                        $"decode_position_ids[{axis}][{row}]", next,
                        [.. Enumerable.Range(positions.Next, next.Length)]);
                }
            }

            CheckRow(checker, expected, "next_position", row, positions.Next);
            CheckRow(checker, expected, "rope_deltas", row, positions.Next - model.Places[row].Length);
            CheckRow(checker, expected, "rope_deltas_padded", row, positions.Next - length);
        }
    }

    private static void CheckRow(Checker checker, JsonElement expected, string field, int row, int got)
    {
        if (expected.TryGetProperty(field, out JsonElement values))
        {
            checker.Equal($"{field}[{row}]", values[row].GetInt32(), got);
        }
    }
}
