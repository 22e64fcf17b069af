namespace MedR1;

/// <summary>Says how likely a model finds texts behind a prompt.</summary>
/// <remarks>One call at a time; who makes a scorer disposes it where it is disposable.</remarks>
public interface IContinuationScorer
{
    /// <summary>Scores each text as what the model would say next, without an end token behind it.</summary>
    /// <param name="prompt">The prompt; the model speaks next.</param>
    /// <param name="continuations">The texts, at least one, none empty.</param>
    /// <param name="cancellationToken">Stops the scoring.</param>
    /// <returns>For each text the natural-log probability of each of its tokens, at temperature 1.</returns>
    ValueTask<IReadOnlyList<IReadOnlyList<float>>> ScoreAsync(
        VqaPrompt prompt, IReadOnlyList<string> continuations, CancellationToken cancellationToken = default);
}
