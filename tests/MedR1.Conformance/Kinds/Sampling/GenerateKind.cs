using System.Text.Json;

using MedR1.Models.Qwen2VL;
using MedR1.Sampling;

namespace MedR1.Conformance;

/// <summary>
/// Greedy generation with the local sampler: all rows in one batch, two at a time, and one by one.
/// </summary>
internal sealed class GenerateKind : IConformanceKind
{
    private static readonly int[] BatchSizes = [256, 2, 1];

    public string Kind => "generate";

    public string? Obstacle(ConformanceCase conformanceCase) =>
        conformanceCase.Inputs.GetProperty("generation").TryGetProperty("do_sample", out JsonElement sampling)
            && sampling.ValueKind == JsonValueKind.True ? "do_sample: draws can't be compared" : null;

    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        JsonElement generation = conformanceCase.Inputs.GetProperty("generation");
        SamplingOptions options = GenerationOptions.Read(generation);
        int[][] expected = CaseModel.Rows(conformanceCase.Expected.GetProperty("completion_ids"));
        using Qwen2VLPolicy policy = CaseModel.Load(conformanceCase);
        CaseModel model = CaseModel.Read(conformanceCase, policy.Configuration);
        int padding = GenerationOptions.Integer(generation, "pad_token_id") ?? options.EndTokenIds![0];
        foreach (int rows in BatchSizes)
        {
            RecordingPolicy recording = new(policy, model.Prompts);
            LocalSampler sampler =
                new(recording, new LocalSamplerOptions { MaxRows = rows, Processors = [recording] });
            List<CompletionGroup> groups =
                sampler.SampleAsync(recording.Prompts, options).ToListAsync().AsTask().GetAwaiter().GetResult();
            CompareTokens(checker, groups, expected, padding, $"{rows} rows at once");
            if (rows >= expected.Length)
            {
                CompareSteps(conformanceCase, checker, "step_logits", recording.Logits, groups);
                CompareSteps(conformanceCase, checker, "step_scores", recording.Scores, groups);
            }
        }
    }

    private static void CompareTokens(
        Checker checker, List<CompletionGroup> groups, int[][] expected, int padding, string how)
    {
        int longest = groups.Max(group => group.Completions[0].TokenCount);
        for (int row = 0; row < expected.Length; row++)
        {
            IReadOnlyList<int> tokens = groups[row].Completions[0].TokenIds;
            checker.SequenceEqual(
                $"completion_ids[{row}], {how}",
                expected[row],
                [.. tokens, .. Enumerable.Repeat(padding, longest - tokens.Count)]);
        }
    }

    /// <summary>Compares the first steps of the rows that had not ended before them.</summary>
    private static void CompareSteps(
        ConformanceCase conformanceCase,
        Checker checker,
        string field,
        List<double[]>[] got,
        List<CompletionGroup> groups)
    {
        if (!conformanceCase.Expected.TryGetProperty(field, out JsonElement value))
        {
            return;
        }

        GoldenTensor expected = conformanceCase.Tensor(value);
        for (int step = 0; step < expected.Shape[0]; step++)
        {
            GoldenTensor ofStep = expected.Row(step);
            for (int row = 0; row < groups.Count; row++)
            {
                if (groups[row].Completions[0].TokenCount > step)
                {
                    checker.Numbers(field, ofStep.Row(row), got[row][step], checker.ToleranceOf(field));
                }
            }
        }
    }
}
