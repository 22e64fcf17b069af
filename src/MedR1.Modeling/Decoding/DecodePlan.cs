namespace MedR1.Modeling;

/// <summary>The rows of a step, divided into runs that share a prompt.</summary>
internal sealed class DecodePlan
{
    /// <summary>Creates a plan.</summary>
    /// <param name="rows">The rows; for speed, the rows of a prompt should be adjacent.</param>
    /// <param name="cache">The cache that contains the prompts.</param>
    /// <param name="longestRun">The maximum number of rows in a run.</param>
    public DecodePlan(IReadOnlyList<DecodeRow> rows, SlotKeyValueCache cache, int longestRun)
    {
        Rows = [.. rows];
        List<Run> runs = [];
        for (int row = 0; row < Rows.Length; row++)
        {
            DecodeRow own = Rows[row];
            if (runs.Count > 0 && runs[^1] is Run last && last.PromptSlot == own.PromptSlot && last.Count < longestRun)
            {
                runs[^1] = last with { Count = last.Count + 1, LongestOwn = Math.Max(last.LongestOwn, own.Length + 1) };
            }
            else
            {
                runs.Add(new Run(row, 1, own.PromptSlot, cache.PromptLengths[own.PromptSlot], own.Length + 1));
            }
        }

        Runs = [.. runs];
    }

    /// <summary>The rows.</summary>
    public DecodeRow[] Rows { get; }

    /// <summary>The runs.</summary>
    public Run[] Runs { get; }

    /// <summary>Consecutive rows that share a prompt.</summary>
    /// <param name="First">The first row.</param>
    /// <param name="Count">The number of rows.</param>
    /// <param name="PromptSlot">The slot of the prompt.</param>
    /// <param name="PromptLength">The number of tokens of the prompt.</param>
    /// <param name="LongestOwn">The length of the longest completion, including the step's token.</param>
    public readonly record struct Run(int First, int Count, int PromptSlot, int PromptLength, int LongestOwn);
}
