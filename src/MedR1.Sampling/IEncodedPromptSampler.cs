using MedR1.Modeling;

namespace MedR1.Sampling;

/// <summary>
/// A sampler in this process that accepts prompts already encoded for its model, so that a trainer, which needs them encoded for
/// its update, decodes and resizes each image only once.
/// </summary>
public interface IEncodedPromptSampler : ISampler
{
    /// <summary>The processor that encodes prompts for this sampler's model.</summary>
    IVisionLanguageProcessor Processor { get; }

    /// <summary>Samples as without <paramref name="encoded"/>.</summary>
    /// <param name="prompts">The prompts.</param>
    /// <param name="encoded">The prompts as encoded by <see cref="Processor"/>, one for each.</param>
    /// <param name="options">How to draw.</param>
    /// <param name="cancellationToken">Cancels the sampling, as without <paramref name="encoded"/>.</param>
    /// <returns>The groups in the order of the prompts.</returns>
    /// <exception cref="ArgumentException">The number of encoded prompts differs from the number of prompts.</exception>
    IAsyncEnumerable<CompletionGroup> SampleAsync(
        IReadOnlyList<VqaPrompt> prompts,
        IReadOnlyList<EncodedPrompt> encoded,
        SamplingOptions options,
        CancellationToken cancellationToken = default);
}
