namespace MedR1.Training;

/// <summary>Derives seeds from seeds, the same on every machine and version.</summary>
internal static class SeedMixer
{
    /// <summary>
    /// A seed that depends on both numbers; streams with different <paramref name="stream"/> don't overlap.
    /// </summary>
    public static long Mix(long seed, long position, long stream = 0) =>
        (long)(SplitMix64.At(SplitMix64.At((ulong)seed, (ulong)stream), (ulong)position) >> 1);

    /// <summary>A permutation of 0 … <paramref name="count"/> − 1.</summary>
    public static int[] Permutation(int count, long seed)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        ulong state = (ulong)seed;
        SplitMix64.Shuffle(
            order.AsSpan(), exclusiveMaximum => (int)(((UInt128)SplitMix64.Next(ref state) * (ulong)exclusiveMaximum) >> 64));
        return order;
    }
}
