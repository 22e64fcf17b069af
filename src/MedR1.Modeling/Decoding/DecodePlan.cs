namespace MedR1.Modeling;

/// <summary>The rows of a step, in runs that share a prompt.</summary>
internal sealed class DecodePlan
{
    /// <summary>Makes a plan.</summary>
    /// <param name="rows">The rows; those of a prompt stand together for speed.</param>
    /// <param name="cache">Where their prompts are.</param>
    /// <param name="longestRun">The most rows of a run.</param>
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

    /// <summary>Rows one after another that share a prompt.</summary>
    /// <param name="First">The first row.</param>
    /// <param name="Count">How many.</param>
    /// <param name="PromptSlot">Their prompt.</param>
    /// <param name="PromptLength">Its tokens.</param>
    /// <param name="LongestOwn">The most own tokens of a row, the step's token included.</param>
    public readonly record struct Run(int First, int Count, int PromptSlot, int PromptLength, int LongestOwn);
}
