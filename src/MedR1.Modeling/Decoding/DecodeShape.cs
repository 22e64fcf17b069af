namespace MedR1.Modeling;

/// <summary>
/// The dimensions of a step as a table; a program recorded for a shape serves every step of that shape. Sizes are rounded up,
/// so that the shape rarely changes as rows start, grow and finish.
/// </summary>
/// <param name="Groups">A: the number of prompts.</param>
/// <param name="Samples">G: the number of rows per prompt.</param>
/// <param name="PromptLength">P: the length of the longest prompt.</param>
/// <param name="OwnLength">T: the length of the longest completion, including the step's token.</param>
/// <param name="ArePromptsInOrder">Whether the prompts are in slots 0, 1, 2, ….</param>
/// <param name="AreRowsInOrder">Whether the rows are in slots 0, 1, 2, ….</param>
internal readonly record struct DecodeShape(
    int Groups, int Samples, int PromptLength, int OwnLength, bool ArePromptsInOrder, bool AreRowsInOrder)
{
    private const int FewestOwn = 32;
    private const int PromptStep = 64;

    /// <summary>N: the number of places in the table.</summary>
    public int Places => Groups * Samples;

    /// <summary>Returns the shape that a plan requires.</summary>
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
