namespace MedR1.Sampling.Remote;

/// <summary>The meaning of a server's log-probabilities under the options of a call.</summary>
/// <param name="ArePlain">Whether they are those of <see cref="Completion.LogProbabilities"/>.</param>
/// <param name="AreProcessed">Whether they are those of <see cref="Completion.ProcessedLogProbabilities"/>.</param>
internal readonly record struct LogProbabilityUse(bool ArePlain, bool AreProcessed)
{
    /// <summary>
    /// Compares the log-probabilities that the server sends with the definitions of <see cref="Completion"/>'s properties.
    /// </summary>
    public static LogProbabilityUse Of(SamplingOptions options, ServerLogProbabilities kind)
    {
        // Greedy decoding has no temperature, and nothing to truncate.
        bool scaled = options.Temperature is not (0 or 1);
        bool truncated = options.Temperature != 0 && (options.TopK is not null || options.TopP < 1 || options.MinP > 0);
        bool penalised = options.RepetitionPenalty != 1 || options.MinNewTokens > 0;
        bool suppressed = options.SuppressedTokenIds?.Count > 0;

        // kind              | plain if none of     | processed if none of
        // Raw               | scaled, suppressed   | scaled, suppressed, truncated, penalised
        // TemperatureScaled | penalised            | truncated
        // Processed         | truncated, penalised | -
        return kind switch
        {
            ServerLogProbabilities.Raw => new(
                !scaled && !suppressed, !scaled && !suppressed && !truncated && !penalised),
            ServerLogProbabilities.TemperatureScaled => new(!penalised, !truncated),
            ServerLogProbabilities.Processed => new(!truncated && !penalised, true),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind of log-probabilities."),
        };
    }
}
