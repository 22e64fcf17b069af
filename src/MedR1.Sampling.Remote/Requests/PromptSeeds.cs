namespace MedR1.Sampling.Remote;

/// <summary>
/// Seeds that depend only on the call's seed and a prompt's index: the same numbers as those of the local sampler, whose package requires a
/// tensor library.
/// </summary>
internal static class PromptSeeds
{
    // Below the domain of Philox.PromptSeed.
    private const ulong ServerDomain = ulong.MaxValue - 1;
    private const ulong JitterDomain = ulong.MaxValue - 2;

    /// <summary>The seed of the random choices for a prompt: its own, or one based on its index.</summary>
    public static long Of(VqaPrompt prompt, long seed, int promptIndex) =>
        prompt.Seed ?? Philox.PromptSeed(seed, promptIndex);

    /// <summary>
    /// The seed that is sent to a server. vLLM draws sample k from seed + k, so that prompts with adjacent seeds would share samples, and
    /// treats −1 as no seed: the seed is hashed to 52 bits, which every JSON reader reads exactly.
    /// </summary>
    public static long ForServer(long promptSeed, int sample) =>
        (long)(Philox.Block((ulong)promptSeed, (ulong)sample, ServerDomain).Low >> 12);

    /// <summary>A number from 0 (inclusive) to 1 (exclusive) for the delay after an attempt.</summary>
    public static double Jitter(long promptSeed, int attempt) =>
        (Philox.Block((ulong)promptSeed, (ulong)attempt, JitterDomain).Low >> 11) * (1.0 / (1UL << 53));
}
