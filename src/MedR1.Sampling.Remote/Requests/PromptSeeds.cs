namespace MedR1.Sampling.Remote;

/// <summary>
/// Seeds that depend on the call's seed and a prompt's place only: Philox4x32-10 (Salmon et al., "Parallel random
/// numbers: as easy as 1, 2, 3", SC 2011), the same numbers as those of MedR1.Sampling, which needs a tensor library.
/// </summary>
internal static class PromptSeeds
{
    private const int Rounds = 10;
    private const ulong PromptDomain = ulong.MaxValue;
    private const ulong ServerDomain = ulong.MaxValue - 1;
    private const ulong JitterDomain = ulong.MaxValue - 2;

    /// <summary>Where the random choices for a prompt start: its own seed, or one by its place.</summary>
    public static long Of(VqaPrompt prompt, long seed, int promptIndex) =>
        prompt.Seed ?? (long)Block((ulong)seed, (ulong)promptIndex, PromptDomain);

    /// <summary>
    /// The seed that a server gets. vLLM draws sample k from seed + k, so that prompts with neighbouring seeds would
    /// share their samples, and takes −1 for none: the seed is spread over 52 bits, which every JSON reader keeps
    /// exact.
    /// </summary>
    public static long ForServer(long promptSeed) => (long)(Block((ulong)promptSeed, 0, ServerDomain) >> 12);

    /// <summary>A number from 0 to below 1 for the wait after an attempt.</summary>
    public static double Jitter(long promptSeed, int attempt) =>
        (Block((ulong)promptSeed, (ulong)attempt, JitterDomain) >> 11) * (1.0 / (1UL << 53));

    private static ulong Block(ulong key, ulong counterLow, ulong counterHigh)
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

        return c0 | ((ulong)c1 << 32);
    }
}
