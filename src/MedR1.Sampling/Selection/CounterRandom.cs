namespace MedR1.Sampling;

/// <summary>
/// Stateless random numbers: each is a function of a seed and two counters (Philox4x32-10, Salmon et al., "Parallel random
/// numbers: as easy as 1, 2, 3", SC 2011). What one completion draws doesn't depend on what others draw.
/// </summary>
internal static class CounterRandom
{
    /// <summary>A number above 0 and below 1: an odd multiple of 2⁻⁴⁹.</summary>
    /// <param name="seed">The prompt's seed.</param>
    /// <param name="sampleIndex">The sample's index in its group.</param>
    /// <param name="position">The token's index in the completion.</param>
    public static double Uniform(long seed, int sampleIndex, int position)
    {
        // 48 bits plus a half: u × total stays below total in float64, so that the draw never runs past the end.
        ulong bits = Block((ulong)seed, (ulong)position, (ulong)sampleIndex).Low >> 16;
        return (bits + 0.5) * (1.0 / (1UL << 48));
    }

    /// <summary>The seed of a prompt that specifies none.</summary>
    /// <param name="seed">The seed of the options.</param>
    /// <param name="promptIndex">The prompt's index in the call.</param>
    public static long PromptSeed(long seed, int promptIndex) => Philox.PromptSeed(seed, promptIndex);

    /// <summary>One block of the generator: maps a 128-bit counter and a 64-bit key to 128 bits.</summary>
    /// <param name="key">The key.</param>
    /// <param name="counterLow">The lower half of the counter.</param>
    /// <param name="counterHigh">The upper half of the counter.</param>
    public static (ulong Low, ulong High) Block(ulong key, ulong counterLow, ulong counterHigh) =>
        Philox.Block(key, counterLow, counterHigh);
}
