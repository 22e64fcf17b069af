namespace MedR1.Datasets;

/// <summary>Generates the same random numbers on every machine and in every version of .NET.</summary>
internal sealed class DeterministicRandom(long seed)
{
    private ulong _state = unchecked((ulong)seed);

    /// <summary>An independent generator for one of many indices under the same seed.</summary>
    public static DeterministicRandom For(long seed, long index)
    {
        DeterministicRandom first = new(seed);
        return new DeterministicRandom(unchecked((long)(first.NextBits() ^ (ulong)index * 0xD1342543DE82EF95UL)));
    }

    public ulong NextBits() => SplitMix64.Next(ref _state);

    /// <summary>A number from 0 up to, not including, <paramref name="exclusiveMaximum"/>; all are equally likely.</summary>
    public int Below(int exclusiveMaximum)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(exclusiveMaximum, 1);
        ulong range = (ulong)exclusiveMaximum;
        ulong unfair = ulong.MaxValue - ulong.MaxValue % range;
        ulong bits;
        do
        {
            bits = NextBits();
        }
        while (bits >= unfair);

        return (int)(bits % range);
    }

    /// <summary>A number from <paramref name="minimum"/> to <paramref name="maximum"/>, both inclusive.</summary>
    public int Between(int minimum, int maximum) => minimum + Below(maximum - minimum + 1);

    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>The Fisher–Yates shuffle, in place.</summary>
    public void Shuffle<T>(Span<T> items) => SplitMix64.Shuffle(items, Below);
}
