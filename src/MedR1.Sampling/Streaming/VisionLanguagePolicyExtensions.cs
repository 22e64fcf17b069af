using System.Runtime.CompilerServices;

using MedR1.Modeling;

namespace MedR1.Sampling;

/// <summary>Asks a model a question in a single call.</summary>
public static class VisionLanguagePolicyExtensions
{
    private static readonly SamplingOptions Greedy = new() { Temperature = 0, MaxNewTokens = 512 };

    /// <summary>Asks about an image and streams the answer's text, complete characters only.</summary>
    /// <param name="policy">The model.</param>
    /// <param name="image">The image; <see langword="null"/> for a question without one.</param>
    /// <param name="question">The question.</param>
    /// <param name="options">How to draw; <see langword="null"/> for greedy decoding of at most 512 tokens.</param>
    /// <param name="cancellationToken">Stops the answer with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="SamplingOptionsException">The options are invalid, or request more than one answer.</exception>
    public static IAsyncEnumerable<string> AskAsync(
        this IVisionLanguagePolicy policy,
        IImageSource? image,
        string question,
        SamplingOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(question);
        IImageSource[] images = image is null ? [] : [image];
        return policy.AskAsync(VqaPrompt.Ask(question, images), options, cancellationToken);
    }

    /// <summary>Asks, and streams the answer's text, complete characters only.</summary>
    /// <param name="policy">The model.</param>
    /// <param name="prompt">The conversation.</param>
    /// <param name="options">How to draw; <see langword="null"/> for greedy decoding of at most 512 tokens.</param>
    /// <param name="cancellationToken">Stops the answer with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="SamplingOptionsException">The options are invalid, or request more than one answer.</exception>
    public static IAsyncEnumerable<string> AskAsync(
        this IVisionLanguagePolicy policy,
        VqaPrompt prompt,
        SamplingOptions? options = null,
        CancellationToken cancellationToken = default) =>
        TextOf(new LocalSampler(policy).StreamAsync(prompt, options ?? Greedy, cancellationToken));

    private static async IAsyncEnumerable<string> TextOf(
        IAsyncEnumerable<SampledToken> tokens, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (SampledToken token in tokens.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (token.Text.Length > 0)
            {
                yield return token.Text;
            }
        }
    }
}
