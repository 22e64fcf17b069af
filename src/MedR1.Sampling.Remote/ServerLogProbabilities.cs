namespace MedR1.Sampling.Remote;

/// <summary>Which distribution's log-probabilities a server sends.</summary>
/// <remarks>
/// They go to <see cref="Completion.LogProbabilities"/> and to <see cref="Completion.DrawnLogProbabilities"/> only
/// where they are those under the sampling options of the call. At a temperature of 0 all three mean that of
/// temperature 1.
/// </remarks>
public enum ServerLogProbabilities
{
    /// <summary>
    /// Of <c>softmax(logits)</c>, whatever the temperature, suppression and penalties: vLLM with
    /// <c>--logprobs-mode raw_logprobs</c>, its default.
    /// </summary>
    Raw,

    /// <summary>
    /// Of <c>softmax(logits / temperature)</c> with suppression and penalties and without truncation: SGLang's default.
    /// </summary>
    Tempered,

    /// <summary>
    /// Of what is drawn from, top-k, top-p, min-p and penalties included: vLLM with
    /// <c>--logprobs-mode processed_logprobs</c>.
    /// </summary>
    Drawn,
}
