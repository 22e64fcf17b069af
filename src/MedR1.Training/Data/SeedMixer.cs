namespace MedR1.Training;

/// <summary>Derives seeds from seeds (SplitMix64, Steele et al. 2014), the same on every machine and version.</summary>
internal static class SeedMixer
{
    /// <summary>
    /// A seed that depends on both numbers; streams with different <paramref name="stream"/> don't overlap.
    /// </summary>
    public static long Mix(long seed, long position, long stream = 0)
    {
        ulong state = Finish((ulong)seed + 0x9E3779B97F4A7C15UL * (ulong)(stream + 1));
        return (long)(Finish(state + 0x9E3779B97F4A7C15UL * (ulong)(position + 1)) >> 1);
    }

    /// <summary>A permutation of 0 … <paramref name="count"/> − 1 (Fisher and Yates).</summary>
    public static int[] Permutation(int count, long seed)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        ulong state = (ulong)seed;
        for (int last = count - 1; last > 0; last--)
        {
            state += 0x9E3779B97F4A7C15UL;
            int other = (int)(((UInt128)Finish(state) * (ulong)(last + 1)) >> 64);
            (order[last], order[other]) = (order[other], order[last]);
        }

        return order;
    }

    private static ulong Finish(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }
}
