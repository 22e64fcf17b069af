using CsCheck;

namespace MedR1.Sampling.Tests;

/// <summary>Random options, each of them sometimes switched off.</summary>
internal static class RandomOptions
{
    public static Gen<SamplingOptions> Generator { get; } = Gen.Select(
        Gen.Double[0.3, 2],
        Gen.Int[0, 40],
        Gen.Double[0.3, 1],
        Gen.Double[0, 0.2],
        Gen.Double[0.8, 1.4],
        Gen.Int[0, 4],
        Gen.Int[0, 255].Array[0, 5],
        (temperature, topK, topP, minP, penalty, minNewTokens, suppressed) => new SamplingOptions
        {
            SamplesPerPrompt = 3,
            MaxNewTokens = 9,
            Temperature = temperature,
            TopK = topK == 0 ? null : topK,
            TopP = topP > 0.9 ? 1 : topP,
            MinP = minP < 0.05 ? null : minP,
            RepetitionPenalty = penalty is > 0.9 and < 1.1 ? 1 : penalty,
            MinNewTokens = minNewTokens,
            SuppressedTokenIds = suppressed,
            Seed = topK,
        });
}
