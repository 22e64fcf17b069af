namespace MedR1.Rewards;

/// <summary>
/// 1 if the answer in LaTeX is mathematically equal to the right answer, else 0: TRL's <c>accuracy_reward</c>. The answer is in
/// <c>\boxed{…}</c>, or in LaTeX after the word "answer"; adjacent boxes form a set. Integers and fractions are compared exactly,
/// decimal numbers to 6 decimal places, terms with symbols by their values at several points.
/// </summary>
/// <remarks>
/// Reads arithmetic, powers, roots, fractions, elementary functions, symbols, words, tuples, sets of real numbers, intervals,
/// equations, inequalities, matrices, determinants and percentages, but not everything that math-verify's computer algebra supports:
/// sums, integrals and congruences are compared as text, matrices are not computed with, and neither equations nor inequalities are
/// solved. Abstains if the example's answer can't be read. If a single search for the next match takes more than two seconds, as in a
/// text with thousands of unclosed formulas, the score is 0. Several searches run per text, so the total time can be longer. The score
/// is also 0 if comparing sets takes more than 100,000 comparisons of parts, as with sets of hundreds of elements or sets of sets of
/// sets.
/// </remarks>
public sealed class MathAnswerReward : IReward
{
    private readonly string[] _reasoningEnds;

    /// <summary>Creates the reward.</summary>
    /// <param name="reasoningEnds">
    /// The markers that end the reasoning, such as <c>&lt;/think&gt;</c>: only the text after the last marker counts, and a text
    /// without one earns 0 (TRL's <c>reasoning_accuracy_reward</c>). If null, the whole text counts.
    /// </param>
    /// <param name="name">The name in logs and metrics; null for <c>math_answer</c>.</param>
    /// <exception cref="ArgumentException">One of the markers is empty.</exception>
    public MathAnswerReward(IReadOnlyList<string>? reasoningEnds = null, string? name = null)
    {
        _reasoningEnds = [.. reasoningEnds ?? []];
        if (_reasoningEnds.Any(string.IsNullOrEmpty))
        {
            throw new ArgumentException(
                "An end of the reasoning is empty: give a string such as '</think>'.", nameof(reasoningEnds));
        }
        Name = RewardName.Or(name, "math_answer");
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ValueTask<double?> ScoreAsync(RewardContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ValueTask.FromResult(_reasoningEnds.Length == 0
            ? Score(context.Text, context.Example.Answer)
            : ScoreAfterReasoning(context.Text, context.Example.Answer, _reasoningEnds));
    }

    /// <summary>The reward of a text: 1 or 0, or null if the solution can't be read.</summary>
    /// <param name="text">The model's output.</param>
    /// <param name="solution">The right answer: LaTeX in dollars or a box, a number, or arithmetic.</param>
    public static double? Score(string text, string solution)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(solution);
        return MathExtraction.Gold(solution) is not MathAnswer gold ? null
            : MathExtraction.Answer(text) is MathAnswer answer && gold.Means(answer) ? 1.0 : 0.0;
    }

    /// <summary>The reward of the text after the reasoning: 0 if the reasoning does not end.</summary>
    /// <param name="text">The model's output.</param>
    /// <param name="solution">The right answer.</param>
    /// <param name="reasoningEnds">
    /// The markers that end the reasoning; the first marker in this list that occurs in the text is used.
    /// </param>
    public static double? ScoreAfterReasoning(string text, string solution, IReadOnlyList<string> reasoningEnds)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(reasoningEnds);
        string? end = reasoningEnds.FirstOrDefault(one => text.Contains(one, StringComparison.Ordinal));
        return end is null
            ? 0.0 : Score(text[(text.LastIndexOf(end, StringComparison.Ordinal) + end.Length)..], solution);
    }
}
