namespace MedR1.Rewards;

/// <summary>
/// Med-R1's format reward, exactly: 1 if the whole text has the required form, else 0. The text inside the tags may be anything,
/// including tags and line breaks. Equivalent to the released expressions under <c>re.fullmatch</c> with DOTALL, in linear time.
/// </summary>
public sealed class FormatReward : IReward
{
    private const string ThinkOpen = "<think>";
    private const string ThinkClose = "</think>";
    private const string AnswerOpen = "<answer>";
    private const string AnswerClose = "</answer>";
    private readonly FormatStyle _style;

    /// <summary>Creates the reward.</summary>
    /// <param name="style">The form to require, which should match the prompt's instructions.</param>
    /// <param name="name">The name in logs and metrics; null for <c>format</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such form.</exception>
    public FormatReward(FormatStyle style = FormatStyle.Think, string? name = null)
    {
        if (!Enum.IsDefined(style))
        {
            throw new ArgumentOutOfRangeException(
                nameof(style), style, "Use Think, NoThink or ThinkAfter.");
        }

        _style = style;
        Name = RewardName.Or(name, "format");
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ValueTask<double?> ScoreAsync(RewardContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ValueTask.FromResult<double?>(Score(context.Text, _style));
    }

    /// <summary>The reward of a text: 1 or 0.</summary>
    /// <param name="text">The model's output.</param>
    /// <param name="style">The form to require.</param>
    public static double Score(string text, FormatStyle style)
    {
        ArgumentNullException.ThrowIfNull(text);
        bool hasForm = style switch
        {
            FormatStyle.Think => IsPair(text, ThinkOpen, ThinkClose, AnswerOpen, AnswerClose),
            FormatStyle.ThinkAfter => IsPair(text, AnswerOpen, AnswerClose, ThinkOpen, ThinkClose),
            _ => IsSingle(text.AsSpan(SkipWhiteSpace(text, 0)), AnswerOpen, AnswerClose),
        };
        return hasForm ? 1.0 : 0.0;
    }

    private static bool IsSingle(ReadOnlySpan<char> text, string open, string close) =>
        text.Length >= open.Length + close.Length
        && text.StartsWith(open, StringComparison.Ordinal)
        && text.EndsWith(close, StringComparison.Ordinal);

    private static bool IsPair(string text, string firstOpen, string firstClose, string secondOpen, string secondClose)
    {
        if (!text.StartsWith(firstOpen, StringComparison.Ordinal)
            || !text.EndsWith(secondClose, StringComparison.Ordinal))
        {
            return false;
        }

        int from = firstOpen.Length;
        while ((from = text.IndexOf(firstClose, from, StringComparison.Ordinal)) >= 0)
        {
            from += firstClose.Length;
            if (IsSingle(text.AsSpan(SkipWhiteSpace(text, from)), secondOpen, secondClose))
            {
                return true;
            }
        }

        return false;
    }

    private static int SkipWhiteSpace(string text, int from)
    {
        while (from < text.Length && PythonText.IsWhiteSpace(text[from]))
        {
            from++;
        }

        return from;
    }
}
