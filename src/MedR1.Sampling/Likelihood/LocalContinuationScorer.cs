using MedR1.Modeling;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>
/// Scores texts with a model in this process: the prompt is computed once, and its continuations reuse it. Tokens that a
/// completion never contains, such as image tokens, are left out of the softmax, as in the sampler.
/// </summary>
/// <remarks>Make one call at a time; it computes on the caller's thread. The scorer doesn't dispose the model.</remarks>
public sealed class LocalContinuationScorer : IContinuationScorer
{
    private readonly IVisionLanguagePolicy _policy;

    /// <summary>Creates a scorer.</summary>
    /// <param name="policy">The model; the caller keeps ownership.</param>
    public LocalContinuationScorer(IVisionLanguagePolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        _policy = policy;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There are no texts, or one is empty.</exception>
    /// <exception cref="InvalidPromptException">The prompt with the longest text exceeds the context.</exception>
    public ValueTask<IReadOnlyList<IReadOnlyList<float>>> ScoreAsync(
        VqaPrompt prompt, IReadOnlyList<string> continuations, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(continuations);
        if (continuations.Count == 0 || continuations.Any(string.IsNullOrEmpty))
        {
            throw new ArgumentException(
                $"There are {continuations.Count} texts, {continuations.Count(string.IsNullOrEmpty)} of them empty. Give at least "
                + "one, and no empty one.", nameof(continuations));
        }

        EncodedPrompt encoded = _policy.Processor.Encode(prompt, cancellationToken);
        IReadOnlyList<int>[] tokens = [.. continuations.Select(text => _policy.Processor.Tokenizer.Encode(text))];
        ThrowIfTooLong(prompt, encoded.TokenIds.Count, tokens.Max(text => text.Count));
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Score(new PackedGroup(encoded, tokens)));
    }

    private IReadOnlyList<IReadOnlyList<float>> Score(PackedGroup group)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using TokenStatistics statistics = _policy.TokenLogProbabilities(
            [group], new TokenStatisticsOptions { SuppressedTokenIds = _policy.SuppressedTokenIds });
        int width = (int)statistics.LogProbabilities.shape[1];
        float[] values = statistics.LogProbabilities.to_type(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
        return [.. group.Completions.Select((text, row) => values[(row * width)..(row * width + text.Count)])];
    }

    private void ThrowIfTooLong(VqaPrompt prompt, int promptTokens, int longest)
    {
        if (promptTokens + longest > _policy.ContextLength)
        {
            throw new InvalidPromptException(
                $"The prompt '{prompt.Example?.Id}' has {promptTokens} tokens and the longest text {longest}, but the model's "
                + $"context length is {_policy.ContextLength}. Use smaller images.");
        }
    }
}
