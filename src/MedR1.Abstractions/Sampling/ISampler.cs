namespace MedR1;

/// <summary>Samples completions for prompts.</summary>
/// <remarks>Supports one call at a time. The creator of a sampler disposes it if it is disposable.</remarks>
public interface ISampler
{
    /// <summary>Samples <see cref="SamplingOptions.SamplesPerPrompt"/> completions for each prompt.</summary>
    /// <param name="prompts">The prompts.</param>
    /// <param name="options">The sampling options.</param>
    /// <param name="cancellationToken">
    /// Cancels the sampling; unfinished completions are returned with <see cref="StopReason.Cancelled"/> or not at all.
    /// </param>
    /// <returns>The groups in the order of the prompts, each as soon as it and all groups before it are complete.</returns>
    /// <exception cref="SamplingOptionsException">The options are invalid; the message lists every mistake.</exception>
    IAsyncEnumerable<CompletionGroup> SampleAsync(
        IReadOnlyList<VqaPrompt> prompts, SamplingOptions options, CancellationToken cancellationToken = default);
}
