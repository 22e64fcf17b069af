namespace MedR1.Sampling.Remote;

/// <summary>The distribution whose log-probabilities a server sends.</summary>
/// <remarks>
/// They are stored in <see cref="Completion.LogProbabilities"/> and <see cref="Completion.ProcessedLogProbabilities"/> only if they
/// match the definitions of these properties under the sampling options of the call. At a temperature of 0, all three refer to
/// temperature 1.
/// </remarks>
public enum ServerLogProbabilities
{
    /// <summary>
    /// Those of <c>softmax(logits)</c>, regardless of temperature, suppression and penalties: vLLM with
    /// <c>--logprobs-mode raw_logprobs</c>, its default.
    /// </summary>
    Raw,

    /// <summary>
    /// Those of <c>softmax(logits / temperature)</c> with suppression and penalties but without truncation: SGLang's default.
    /// </summary>
    TemperatureScaled,

    /// <summary>
    /// Those of the distribution that is sampled from, including top-k, top-p, min-p and penalties: vLLM with
    /// <c>--logprobs-mode processed_logprobs</c>.
    /// </summary>
    Processed,
}
