namespace MedR1.Rewards;

/// <summary>
/// TRL's <c>think_format_reward</c>, exactly: 1 if the text starts with <c>&lt;think&gt;</c>, contains no second
/// <c>&lt;think&gt;</c>, and contains <c>&lt;/think&gt;</c>; anything may follow.
/// </summary>
public sealed class ThinkFormatReward : IReward
{
    private const string Open = "<think>";

    /// <inheritdoc/>
    public string Name => "think_format";

    /// <inheritdoc/>
    public ValueTask<double?> ScoreAsync(RewardContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ValueTask.FromResult<double?>(Score(context.Text));
    }

    /// <summary>The reward of a text: 1 or 0.</summary>
    /// <param name="text">The model's output.</param>
    public static double Score(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.StartsWith(Open, StringComparison.Ordinal)
            && text.LastIndexOf(Open, StringComparison.Ordinal) == 0
            && text.Contains("</think>", StringComparison.Ordinal) ? 1.0 : 0.0;
    }
}
