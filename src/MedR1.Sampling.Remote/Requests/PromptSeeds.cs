namespace MedR1.Sampling.Remote;

/// <summary>
/// Seeds that depend on the call's seed and a prompt's place only, the same numbers as those of the local sampler, whose
/// package needs a tensor library.
/// </summary>
internal static class PromptSeeds
{
    private const ulong PromptDomain = ulong.MaxValue;
    private const ulong ServerDomain = ulong.MaxValue - 1;
    private const ulong JitterDomain = ulong.MaxValue - 2;

    /// <summary>Where the random choices for a prompt start: its own seed, or one by its place.</summary>
    public static long Of(VqaPrompt prompt, long seed, int promptIndex) =>
        prompt.Seed ?? (long)Philox.Block((ulong)seed, (ulong)promptIndex, PromptDomain).Low;

    /// <summary>
    /// The seed that a server gets. vLLM draws sample k from seed + k, so that prompts with neighbouring seeds would
    /// share their samples, and takes −1 for none: the seed is spread over 52 bits, which every JSON reader keeps
    /// exact.
    /// </summary>
    public static long ForServer(long promptSeed, int sample) =>
        (long)(Philox.Block((ulong)promptSeed, (ulong)sample, ServerDomain).Low >> 12);

    /// <summary>A number from 0 to below 1 for the wait after an attempt.</summary>
    public static double Jitter(long promptSeed, int attempt) =>
        (Philox.Block((ulong)promptSeed, (ulong)attempt, JitterDomain).Low >> 11) * (1.0 / (1UL << 53));
}
