using System.Text.Json;

using MedR1.Modeling;
using MedR1.Models.Qwen2VL;

namespace MedR1.Conformance;

/// <summary>The prompts of a case with one completion each.</summary>
internal sealed record CompletionCase(IReadOnlyList<PackedGroup> Groups, int Columns, bool[] Mask)
{
    public static CompletionCase Read(ConformanceCase conformanceCase, Qwen2VLConfiguration configuration)
    {
        CaseModel model = CaseModel.Read(conformanceCase, configuration);
        JsonElement inputs = conformanceCase.Inputs;
        int[][] ids = CaseModel.Rows(inputs.GetProperty("completion_ids"));
        int[][] mask = CaseModel.Rows(inputs.GetProperty("completion_mask"));
        PackedGroup[] groups = [.. model.Prompts.Select((prompt, row) =>
            new PackedGroup(prompt, [[.. ids[row].Where((_, column) => mask[row][column] == 1)]]))];
        return new CompletionCase(groups, ids[0].Length, [.. mask.SelectMany(row => row.Select(value => value == 1))]);
    }

    /// <summary>Pads <c>[rows, longest]</c> values to the columns of the case with zeros.</summary>
    public double[] Widen(float[] values)
    {
        int rows = Groups.Count;
        int longest = values.Length / rows;
        double[] wide = new double[rows * Columns];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < longest; column++)
            {
                wide[row * Columns + column] = values[row * longest + column];
            }
        }

        return wide;
    }
}
