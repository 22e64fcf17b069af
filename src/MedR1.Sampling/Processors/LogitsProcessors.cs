namespace MedR1.Sampling;

/// <summary>
/// Creates the processors that the options require, in the order of transformers' <c>generate</c>: repetition penalty, minimum number of
/// new tokens, suppressed tokens; then, unless decoding is greedy, temperature, top-k, top-p, min-p.
/// </summary>
public static class LogitsProcessors
{
    /// <summary>Creates the processors that come before the temperature.</summary>
    /// <param name="options">The options.</param>
    /// <param name="endTokenIds">The effective end tokens.</param>
    /// <param name="suppressedTokenIds">The effective suppressed tokens, including the model's own.</param>
    public static IReadOnlyList<ILogitsProcessor> CreatePenalties(
        SamplingOptions options, IReadOnlyList<int> endTokenIds, IReadOnlyList<int> suppressedTokenIds)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(endTokenIds);
        ArgumentNullException.ThrowIfNull(suppressedTokenIds);
        List<ILogitsProcessor> processors = [];
        if (options.RepetitionPenalty != 1)
        {
            processors.Add(new RepetitionPenaltyProcessor(options.RepetitionPenalty));
        }

        if (options.MinNewTokens > 0 && endTokenIds.Count > 0)
        {
            processors.Add(new MinNewTokensProcessor(options.MinNewTokens, endTokenIds));
        }

        if (suppressedTokenIds.Count > 0)
        {
            processors.Add(new SuppressedTokensProcessor(suppressedTokenIds));
        }

        return processors;
    }

    /// <summary>Creates the temperature and the processors after it; none if the temperature is 0.</summary>
    /// <param name="options">The options.</param>
    public static IReadOnlyList<ILogitsProcessor> CreateWarpers(SamplingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<ILogitsProcessor> processors = [];
        if (options.Temperature == 0)
        {
            return processors;
        }

        if (options.Temperature != 1)
        {
            processors.Add(new TemperatureProcessor(options.Temperature));
        }

        if (options.TopK is int topK)
        {
            processors.Add(new TopKProcessor(topK));
        }

        if (options.TopP < 1)
        {
            processors.Add(new TopPProcessor(options.TopP));
        }

        if (options.MinP is double minP)
        {
            processors.Add(new MinPProcessor(minP));
        }

        return processors;
    }
}
