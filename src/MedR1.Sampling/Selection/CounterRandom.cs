namespace MedR1.Sampling;

/// <summary>
/// Stateless random numbers: each is a function of a seed and two counters (<see cref="Philox"/>). What one completion draws doesn't
/// depend on what others draw.
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
        ulong bits = Philox.Block((ulong)seed, (ulong)position, (ulong)sampleIndex).Low >> 16;
        return (bits + 0.5) * (1.0 / (1UL << 48));
    }
}
