namespace MedR1.Evaluation;

/// <summary>A scorer written as a lambda.</summary>
/// <param name="score">Returns, for each text, the natural-log probability of each of its tokens after the prompt.</param>
public sealed class DelegateContinuationScorer(
    Func<VqaPrompt, IReadOnlyList<string>, CancellationToken, ValueTask<IReadOnlyList<IReadOnlyList<float>>>> score)
    : IContinuationScorer
{
    private readonly Func<VqaPrompt, IReadOnlyList<string>, CancellationToken, ValueTask<IReadOnlyList<IReadOnlyList<float>>>>
        _score = score ?? throw new ArgumentNullException(nameof(score));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<IReadOnlyList<float>>> ScoreAsync(
        VqaPrompt prompt, IReadOnlyList<string> continuations, CancellationToken cancellationToken = default) =>
        _score(prompt, continuations, cancellationToken);
}
