namespace MedR1;

/// <summary>Computes the probabilities that a model assigns to texts as continuations of a prompt.</summary>
/// <remarks>Supports one call at a time. The creator of a scorer disposes it if it is disposable.</remarks>
public interface IContinuationScorer
{
    /// <summary>Scores each text as the model's continuation of the prompt, without an end token after it.</summary>
    /// <param name="prompt">The prompt; the model speaks next.</param>
    /// <param name="continuations">The texts, at least one, none empty.</param>
    /// <param name="cancellationToken">Cancels the scoring.</param>
    /// <returns>For each text, the natural-log probability of each of its tokens, at temperature 1.</returns>
    ValueTask<IReadOnlyList<IReadOnlyList<float>>> ScoreAsync(
        VqaPrompt prompt, IReadOnlyList<string> continuations, CancellationToken cancellationToken = default);
}
