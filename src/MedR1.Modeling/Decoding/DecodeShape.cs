namespace MedR1.Modeling;

/// <summary>
/// The sizes of a step as a table: what is recorded for one shape serves every step of it. Sizes are rounded up, so that
/// rows that come, go and grow change the shape seldom.
/// </summary>
/// <param name="Groups">A: prompts.</param>
/// <param name="Samples">G: rows of each.</param>
/// <param name="PromptLength">P: tokens of the longest prompt.</param>
/// <param name="OwnLength">T: own tokens of the longest row, the step's token included.</param>
/// <param name="ArePromptsInOrder">Whether the prompts lie in the slots 0, 1, 2, ….</param>
/// <param name="AreRowsInOrder">Whether the rows do.</param>
internal readonly record struct DecodeShape(
    int Groups, int Samples, int PromptLength, int OwnLength, bool ArePromptsInOrder, bool AreRowsInOrder)
{
    private const int FewestOwn = 32;
    private const int PromptStep = 64;

    /// <summary>N: places of the table.</summary>
    public int Places => Groups * Samples;

    /// <summary>The shape that holds a plan.</summary>
    public static DecodeShape Of(DecodePlan plan, SlotKeyValueCache cache)
    {
        int longestPrompt = plan.Runs.Max(run => run.PromptLength);
        int longestOwn = plan.Runs.Max(run => run.LongestOwn);
        DecodeShape shape = new(
            RoundedSizes.AtLeast(plan.Runs.Length),
            RoundedSizes.AtLeast(plan.Runs.Max(run => run.Count)),
            Math.Min(cache.PromptCapacity, (longestPrompt + PromptStep - 1) / PromptStep * PromptStep),
            Math.Min(cache.CompletionCapacity, RoundedSizes.AtLeast(Math.Max(FewestOwn, longestOwn))),
            false,
            false);
        return shape with
        {
            ArePromptsInOrder = shape.Groups == plan.Runs.Length
                && plan.Runs.Index().All(run => run.Item.PromptSlot == run.Index),
            AreRowsInOrder = shape.Places == plan.Rows.Length
                && plan.Rows.Index().All(row => row.Item.RowSlot == row.Index),
        };
    }
}
