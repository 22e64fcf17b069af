using System.Text.Json;
using MedR1.Losses;
using MedR1.Modeling;
using MedR1.Training;

namespace MedR1.Conformance;

/// <summary>
/// grpo-batch-split: a rollout whose rows have images of many sizes, or none, is permuted and split into passes by the
/// trainer's planner; each pass must contain the images of its rows. The patches are numbered.
/// </summary>
public sealed class GrpoBatchSplitKind : IConformanceKind
{
    /// <inheritdoc/>
    public string Kind => "grpo-batch-split";

    /// <inheritdoc/>
    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        JsonElement inputs = conformanceCase.Inputs;
        int[] permutation = CaseModel.Integers(inputs.GetProperty("permutation"));
        int slices = inputs.GetProperty("slices").GetInt32();
        Rollout rollout = RolloutOf(inputs);
        GrpoTrainerOptions options = new()
        {
            GroupSize = 1,
            PromptsPerStep = permutation.Length / slices,
            StepsPerGeneration = slices,
        };
        IReadOnlyList<PlannedStep> plan = new ShuffledRowPlanner((_, _) => permutation).Plan(rollout, options);
        JsonElement[] expected = [.. conformanceCase.Expected.GetProperty("slices").EnumerateArray()];
        for (int slice = 0; slice < expected.Length; slice++)
        {
            MicroBatch batch = MicroBatch.Build(rollout, plan[slice].MicroSteps.Single(), skipsZeroAdvantage: false);
            CheckSlice(checker, $"slices[{slice}]", expected[slice], batch);
        }
    }

    private static void CheckSlice(Checker checker, string name, JsonElement expected, MicroBatch batch)
    {
        EncodedImage[] images = [.. batch.Packed.SelectMany(group => group.Prompt.Images)];
        checker.SequenceEqual(
            $"{name}/rows", CaseModel.Integers(expected.GetProperty("rows")), [.. batch.Rows.Select(row => row.Group)]);
        checker.SequenceEqual(
            $"{name}/num_images", CaseModel.Integers(expected.GetProperty("num_images")),
            [.. batch.Packed.Select(group => group.Prompt.Images.Count)]);
        checker.SequenceEqual(
            $"{name}/image_grid_thw", [.. expected.GetProperty("image_grid_thw").EnumerateArray().Select(GridOf)],
            [.. images.Select(image => image.Grid)]);
        checker.SequenceEqual(
            $"{name}/pixel_rows", CaseModel.Integers(expected.GetProperty("pixel_rows")),
            [.. images.SelectMany(image => image.Patches.ToArray()).Select(patch => (int)patch)]);
    }

    private static Rollout RolloutOf(JsonElement inputs)
    {
        Queue<ImageGrid> grids = new(inputs.GetProperty("image_grid_thw").EnumerateArray().Select(GridOf));
        int patches = 0;
        List<RolloutGroup> rows = [];
        foreach (int count in CaseModel.Integers(inputs.GetProperty("num_images")))
        {
            EncodedImage[] images = new EncodedImage[count];
            for (int image = 0; image < count; image++)
            {
                ImageGrid grid = grids.Dequeue();
                images[image] = new EncodedImage(
                    grid, Enumerable.Range(patches, grid.PatchCount).Select(patch => (float)patch).ToArray());
                patches += grid.PatchCount;
            }

            VqaPrompt prompt = VqaPrompt.Ask($"row {rows.Count}");
            Completion completion = new() { Text = "", TokenIds = [1], StopReason = StopReason.EndToken };
            rows.Add(new RolloutGroup(
                new TakenPrompt(rows.Count, prompt, new EncodedPrompt([1], images)),
                new CompletionGroup(prompt, [completion])));
        }

        AdvantageResult advantages = GroupAdvantages.Compute(
            [.. rows.Select((_, row) => new double?[] { row })], null, [.. rows.Select((_, row) => (long)row)]);
        return new Rollout(0, rows, advantages, [], new CollectionCounts(rows.Count), [""], excludesTruncated: false);
    }

    private static ImageGrid GridOf(JsonElement grid) =>
        new(grid[0].GetInt32(), grid[1].GetInt32(), grid[2].GetInt32());
}
