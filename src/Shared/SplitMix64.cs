namespace MedR1;

/// <summary>
/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014): the same numbers on every
/// machine and in every version of .NET, which <see cref="Random"/> does not promise.
/// </summary>
internal static class SplitMix64
{
    // 2⁶⁴ by the golden ratio: the states of a seed go through all 64-bit numbers before one comes again.
    private const ulong Step = 0x9E3779B97F4A7C15UL;

    /// <summary>The next number of a generator.</summary>
    public static ulong Next(ref ulong state) => Finish(state = StateAt(state, 0));

    /// <summary>The number at an index of a seed's sequence, without those before it.</summary>
    public static ulong At(ulong seed, ulong index) => Finish(StateAt(seed, index));

    /// <summary>
    /// The state behind <see cref="At"/>: another one for each index, but not random. It is enough as a seed of a generator that
    /// mixes its seeds itself.
    /// </summary>
    public static ulong StateAt(ulong seed, ulong index) => unchecked(seed + Step * (index + 1));

    /// <summary>Fisher and Yates's shuffle, in place.</summary>
    /// <param name="items">What to shuffle.</param>
    /// <param name="below">Draws a number from 0 up to, not including, the one that it gets.</param>
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
