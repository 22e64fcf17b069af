namespace MedR1.Modeling;

/// <summary>
/// Assigns the rows of a step to places of its table, and computes the numbers that the device needs. A place without a row
/// duplicates the first row of its prompt or, beyond the last prompt, of the first prompt; it therefore writes the same
/// values to the same memory as that row.
/// </summary>
internal sealed class DecodeLayout
{
    /// <summary>Creates a layout.</summary>
    public DecodeLayout(DecodePlan plan, DecodeShape shape, SlotKeyValueCache cache)
    {
        Numbers = new long[DecodeNumbers.CountOf(shape)];
        DecodeNumbers numbers = new(Numbers, shape);
        Rows = plan.Rows.Length;
        IsFull = shape.Places == Rows;
        for (int group = 0; group < shape.Groups; group++)
        {
            bool isReal = group < plan.Runs.Length;
            DecodePlan.Run run = plan.Runs[isReal ? group : 0];
            numbers.PromptSlots[group] = run.PromptSlot;
            numbers.PromptLengths[group] = run.PromptLength;
            for (int sample = 0; sample < shape.Samples; sample++)
            {
                int place = group * shape.Samples + sample;
                int row = run.First + (sample < run.Count ? sample : 0);
                if (isReal && sample < run.Count)
                {
                    numbers.PlacesOfRows[row] = place;
                }

                DecodeRow own = plan.Rows[row];
                numbers.Rows[place] = row;
                numbers.RowSlots[place] = own.RowSlot;
                numbers.OwnLengths[place] = own.Length;
                numbers.Positions[place] = cache.NextPositions[own.PromptSlot] + own.Length;
            }
        }
    }

    /// <summary>The numbers, in the order of <see cref="DecodeNumbers"/>.</summary>
    public long[] Numbers { get; }

    /// <summary>The number of rows of the step.</summary>
    public int Rows { get; }

    /// <summary>Whether the rows fill the table; row and place are then equal.</summary>
    public bool IsFull { get; }
}
