namespace MedR1;

/// <summary>
/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014): the same numbers on every
/// machine and in every version of .NET, which <see cref="Random"/> does not guarantee.
/// </summary>
internal static class SplitMix64
{
    // 2⁶⁴ divided by the golden ratio, an odd number: a seed's states run through all 64-bit numbers before one repeats.
    private const ulong Step = 0x9E3779B97F4A7C15UL;

    /// <summary>The next number of a generator.</summary>
    public static ulong Next(ref ulong state) => Finish(state = StateAt(state, 0));

    /// <summary>The number at an index of a seed's sequence, without computing those before it.</summary>
    public static ulong At(ulong seed, ulong index) => Finish(StateAt(seed, index));

    /// <summary>
    /// The state from which <see cref="At"/> is computed: distinct for each index, but not random. Sufficient as a seed for a
    /// generator that mixes its seeds.
    /// </summary>
    public static ulong StateAt(ulong seed, ulong index) => unchecked(seed + Step * (index + 1));

    /// <summary>The Fisher–Yates shuffle, in place.</summary>
    /// <param name="items">The items to shuffle.</param>
    /// <param name="below">Returns a random number from 0 up to, but not including, its argument.</param>
    public static void Shuffle<T>(Span<T> items, Func<int, int> below)
    {
        for (int last = items.Length - 1; last > 0; last--)
        {
            int other = below(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    private static ulong Finish(ulong state)
    {
        ulong mixed = unchecked((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9UL);
        mixed = unchecked((mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL);
        return mixed ^ (mixed >> 31);
    }
}
