using MedR1.Modeling;

namespace MedR1.Sampling;

/// <summary>
/// Completions of a prompt with the same tokens so far, which are computed as one, since the network gives the same logits for each. They
/// share a row of the cache until they draw different tokens; the completion that owns the row keeps it, the others copy it.
/// </summary>
internal sealed class SharedPrefixes
{
    private SharedPrefixes(List<RolloutRow> heads, int[] headOfRow)
    {
        Heads = heads;
        HeadOfRow = headOfRow;
    }

    /// <summary>One completion of each shared row, in the order in which the rows first occur.</summary>
    public IReadOnlyList<RolloutRow> Heads { get; }

    /// <summary>For each completion, the index of the head that it shares its row with.</summary>
    public IReadOnlyList<int> HeadOfRow { get; }

    /// <summary>Finds the completions that share a row.</summary>
    public static SharedPrefixes Of(IReadOnlyList<RolloutRow> rows)
    {
        List<RolloutRow> heads = [];
        Dictionary<int, int> places = [];
        int[] headOfRow = new int[rows.Count];
        for (int row = 0; row < rows.Count; row++)
        {
            if (!places.TryGetValue(rows[row].SharedSlot, out int place))
            {
                place = heads.Count;
                places.Add(rows[row].SharedSlot, place);
                heads.Add(rows[row]);
            }

            headOfRow[row] = place;
        }

        return new SharedPrefixes(heads, headOfRow);
    }

    /// <summary>Separates completions that drew different tokens.</summary>
    /// <param name="rows">The completions of the step, including those that it ended.</param>
    /// <param name="cache">The cache.</param>
    public static void Part(IReadOnlyList<RolloutRow> rows, IKeyValueCache cache)
    {
        List<RowCopy> copies = [];
        int longest = 0;
        foreach (IGrouping<int, RolloutRow> sharing in rows.GroupBy(row => row.SharedSlot))
        {
            foreach (IGrouping<int, RolloutRow> same in sharing.GroupBy(row => row.Tokens[^1]))
            {
                RolloutRow first = same.First();
                if (first.Ended is not null || same.Any(row => row.RowSlot == sharing.Key))
                {
                    continue;
                }

                copies.Add(new RowCopy(sharing.Key, first.RowSlot));
                longest = Math.Max(longest, first.CachedTokens);
                foreach (RolloutRow row in same)
                {
                    row.Share(first.RowSlot);
                }
            }
        }

        if (longest > 0)
        {
            cache.CopyRows(copies, longest);
        }
    }
}
