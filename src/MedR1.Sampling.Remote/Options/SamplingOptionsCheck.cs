namespace MedR1.Sampling.Remote;

/// <summary>Checks the options of a call.</summary>
internal static class SamplingOptionsCheck
{
    private const double LowestTemperature = 0.01;

    /// <summary>Throws if there are mistakes, naming all of them.</summary>
    public static void ThrowIfInvalid(SamplingOptions options, RemoteSamplerOptions sampler)
    {
        ArgumentNullException.ThrowIfNull(options);
        MistakeList mistakes = new();
        CheckCounts(mistakes, options);
        CheckNumbers(mistakes, options);
        CheckLists(mistakes, options);
        CheckLogProbabilities(mistakes, options, sampler);
        mistakes.ThrowIfAny();
    }

    private static void CheckLogProbabilities(
        MistakeList mistakes, SamplingOptions options, RemoteSamplerOptions sampler)
    {
        LogProbabilityUse use = LogProbabilityUse.Of(options, sampler.LogProbabilities);
        const string Fix = "start vLLM with --logprobs-mode processed_logprobs and say Drawn, or don't require them";
        const string Cause = "temperature, penalties, truncation or suppressed tokens";
        mistakes.Require(
            use.ArePlain || use.AreDrawn || !sampler.RequireLogProbabilities,
            $"LogProbabilities of kind {sampler.LogProbabilities} don't fit the {Cause} that are asked for; {Fix}.");
    }

    private static void CheckCounts(MistakeList mistakes, SamplingOptions options)
    {
        mistakes.Require(
            options.SamplesPerPrompt >= 1, $"SamplesPerPrompt is {options.SamplesPerPrompt}; ask for at least 1.");
        mistakes.Require(options.MaxNewTokens >= 1, $"MaxNewTokens is {options.MaxNewTokens}; allow at least 1.");
        mistakes.Require(
            options.MinNewTokens >= 0 && options.MinNewTokens <= Math.Max(1, options.MaxNewTokens),
            $"MinNewTokens is {options.MinNewTokens}; use 0 to MaxNewTokens ({options.MaxNewTokens}).");
    }

    private static void CheckNumbers(MistakeList mistakes, SamplingOptions options)
    {
        mistakes.Require(
            double.IsFinite(options.Temperature) && options.Temperature >= 0,
            $"Temperature is {options.Temperature}; use a positive number, or 0 to take the likeliest token.");
        mistakes.Require(
            options.Temperature is not (> 0 and < LowestTemperature),
            $"Temperature is {options.Temperature}; use at least {LowestTemperature}, to which vLLM raises it silently, or 0.");
        mistakes.Require(options.TopK is null or >= 1, $"TopK is {options.TopK}; keep at least 1, or null for all.");
        mistakes.Require(
            options.TopP is > 0 and <= 1, $"TopP is {options.TopP}; use more than 0 and at most 1, which keeps all.");
        mistakes.Require(options.MinP is null or (>= 0 and <= 1), $"MinP is {options.MinP}; use 0 to 1, or null.");
        mistakes.Require(
            double.IsFinite(options.RepetitionPenalty) && options.RepetitionPenalty > 0,
            $"RepetitionPenalty is {options.RepetitionPenalty}; use a positive number, 1 for none.");
    }

    private static void CheckLists(MistakeList mistakes, SamplingOptions options)
    {
        mistakes.Require(
            options.StopStrings?.All(text => !string.IsNullOrEmpty(text)) ?? false,
            $"StopStrings is null or holds an empty text, which would end every completion at once; leave it out.");
        mistakes.Require(
            options.SuppressedTokenIds?.All(id => id >= 0) ?? false,
            $"SuppressedTokenIds is null or holds a negative id; use an empty list for none.");
        mistakes.Require(
            options.EndTokenIds?.All(id => id >= 0) ?? true,
            $"EndTokenIds holds a negative id; use null for the model's own.");
    }
}
