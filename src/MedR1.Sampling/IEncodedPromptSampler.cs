using MedR1.Modeling;

namespace MedR1.Sampling;

/// <summary>
/// A sampler in this process that can be handed prompts as its model takes them, so that a trainer, which needs them
/// encoded for its update, has each picture decoded and resized once.
/// </summary>
public interface IEncodedPromptSampler : ISampler
{
    /// <summary>What encodes prompts for the model of this sampler.</summary>
    IVisionLanguageProcessor Processor { get; }

    /// <summary>The same as without <paramref name="encoded"/>.</summary>
    /// <param name="prompts">The prompts.</param>
    /// <param name="encoded">What <see cref="Processor"/> makes of each of them.</param>
    /// <param name="options">How to draw.</param>
    /// <param name="cancellationToken">Stops the drawing, as without.</param>
    /// <returns>The groups in the order of the prompts.</returns>
    /// <exception cref="ArgumentException">There is not one encoded prompt to each prompt.</exception>
    IAsyncEnumerable<CompletionGroup> SampleAsync(
        IReadOnlyList<VqaPrompt> prompts,
        IReadOnlyList<EncodedPrompt> encoded,
        SamplingOptions options,
        CancellationToken cancellationToken = default);
}
