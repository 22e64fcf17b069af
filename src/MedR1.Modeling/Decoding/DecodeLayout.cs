namespace MedR1.Modeling;

/// <summary>
/// Where the rows of a step stand in its table, and the numbers that the device needs of them. A place without a row of
/// its own repeats a row exactly, and what it writes, therefore, too: the first row of its prompt, or, of a prompt too
/// many, the first prompt's.
/// </summary>
internal sealed class DecodeLayout
{
    /// <summary>Lays rows out.</summary>
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

    /// <summary>The numbers, as <see cref="DecodeNumbers"/> orders them.</summary>
    public long[] Numbers { get; }

    /// <summary>Rows of the step.</summary>
    public int Rows { get; }

    /// <summary>Whether they fill the table; they stand one after another then.</summary>
    public bool IsFull { get; }
}
