namespace MedR1.Sampling.Remote;

/// <summary>Checks the options of a call: the rules of every sampler, and those of servers.</summary>
internal static class SamplingOptionsCheck
{
    private const double LowestTemperature = 0.01;

    /// <summary>Throws an exception that names all mistakes, if there are any.</summary>
    public static void ThrowIfInvalid(SamplingOptions options, RemoteSamplerOptions sampler)
    {
        MistakeList mistakes = new();
        mistakes.Add(SamplingOptionsValidator.FindErrors(options));
        mistakes.Require(
            options.Temperature is not (> 0 and < LowestTemperature),
            $"Temperature is {options.Temperature}; use 0 or at least {LowestTemperature}, to which vLLM silently raises it.");
        CheckLogProbabilities(mistakes, options, sampler);
        mistakes.ThrowIfAny(errors => new SamplingOptionsException(errors));
    }

    private static void CheckLogProbabilities(
        MistakeList mistakes, SamplingOptions options, RemoteSamplerOptions sampler)
    {
        LogProbabilityUse use = LogProbabilityUse.Of(options, sampler.LogProbabilities);
        const string Fix = "start vLLM with --logprobs-mode processed_logprobs and set LogProbabilities to Processed, or, without a "
            + "trainer, set RequireLogProbabilities to false";
        const string Cause = "temperature, penalties, truncation or suppressed tokens";
        mistakes.Require(
            use.ArePlain || use.AreProcessed || !sampler.RequireLogProbabilities,
            $"LogProbabilities of kind {sampler.LogProbabilities} don't match the requested {Cause}; {Fix}.");
    }
}
