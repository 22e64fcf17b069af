namespace MedR1.Rewards;

/// <summary>
/// MedVLM-R1's graded accuracy (arXiv 2502.19634): the answer in tags is converted to upper case, and every character from A to J
/// in it counts, even inside words. 1 if the right letter stands alone, 0.5 if it is the only such letter among other characters
/// (<c>C.</c>), else 0 (<c>the C</c>, which contains an E; no tags at all).
/// </summary>
/// <remarks>Does not apply to open questions, nor to options after J.</remarks>
public sealed class LenientLetterReward : IReward
{
    /// <inheritdoc/>
    public string Name => "lenient_letter";

    /// <inheritdoc/>
    public ValueTask<double?> ScoreAsync(RewardContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ValueTask.FromResult<double?>(
            context.Example.AnswerIndex is null or > 'J' - 'A' ? null : Score(context.Text, context.Example.Solution));
    }

    /// <summary>The reward of a text: 1, 0.5 or 0.</summary>
    /// <param name="text">The model's output.</param>
    /// <param name="solution">The solution, a letter in answer tags or bare.</param>
    public static double Score(string text, string solution)
    {
        if (AnswerTags.FirstIgnoreCase(text) is not string answer)
        {
            return 0.0;
        }

        string gold = PythonText.ToUpper(PythonText.Strip(AnswerTags.FirstIgnoreCase(solution) ?? solution));
        char[] letters = [.. PythonText.ToUpper(answer).Where(character => character is >= 'A' and <= 'J')];
        if (letters.Length != 1 || gold != letters[0].ToString())
        {
            return 0.0;
        }

        // Nothing is left but the letter, one time: beside "I" a dotted capital I would count as left.
        return PythonText.ToUpper(PythonText.Strip(answer)) == gold ? 1.0 : 0.5;
    }
}
