namespace MedR1;

/// <summary>
/// Stateless random bits: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
/// </summary>
internal static class Philox
{
    private const int Rounds = 10;

    // Larger than all sample indices, which are the upper half of the counter for a prompt's random numbers.
    private const ulong PromptDomain = ulong.MaxValue;

    /// <summary>The seed of a prompt without an explicit one, which is the same for every sampler.</summary>
    public static long PromptSeed(long seed, int promptIndex) =>
        (long)Block((ulong)seed, (ulong)promptIndex, PromptDomain).Low;

    /// <summary>One block of the generator: maps a 128-bit counter and a 64-bit key to 128 bits.</summary>
    public static (ulong Low, ulong High) Block(ulong key, ulong counterLow, ulong counterHigh)
    {
        uint key0 = (uint)key;
        uint key1 = (uint)(key >> 32);
        uint c0 = (uint)counterLow;
        uint c1 = (uint)(counterLow >> 32);
        uint c2 = (uint)counterHigh;
        uint c3 = (uint)(counterHigh >> 32);
        for (int round = 0; round < Rounds; round++)
        {
            ulong first = 0xD2511F53UL * c0;
            ulong second = 0xCD9E8D57UL * c2;
            (c0, c1, c2, c3) =
                ((uint)(second >> 32) ^ c1 ^ key0, (uint)second, (uint)(first >> 32) ^ c3 ^ key1, (uint)first);
            unchecked
            {
                key0 += 0x9E3779B9;
                key1 += 0xBB67AE85;
            }
        }

        return (c0 | ((ulong)c1 << 32), c2 | ((ulong)c3 << 32));
    }
}
