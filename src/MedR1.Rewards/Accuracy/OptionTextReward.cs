namespace MedR1.Rewards;

/// <summary>
/// A lenient accuracy reward modelled on MedVLThinker's (arXiv 2508.02669): 1 if the answer names the right option by its letter
/// (<c>C</c>), letter and text (<c>C. Edema</c>) or text (<c>edema</c>), regardless of case, else 0. For an open question, the
/// answer's text is required. Options with the same text as the right one, regardless of case, are also right. If the options are only
/// in the question's text, the right letter or the answer's text is required.
/// </summary>
public sealed class OptionTextReward : IReward
{
    private readonly bool _requireTags;

    /// <summary>Creates the reward.</summary>
    /// <param name="requireTags">Whether a text without answer tags earns 0; otherwise the whole text is taken as the answer.</param>
    /// <param name="name">The name in logs and metrics; null for <c>option_text</c>.</param>
    public OptionTextReward(bool requireTags = true, string? name = null)
    {
        _requireTags = requireTags;
        Name = RewardName.Or(name, "option_text");
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ValueTask<double?> ScoreAsync(RewardContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        string? answer = AnswerText.Of(context.Text, _requireTags);
        return ValueTask.FromResult<double?>(answer is not null && IsRight(answer, context.Example) ? 1.0 : 0.0);
    }

    private static bool IsRight(string answer, VqaExample example)
    {
        if (example.AnswerIndex is not int right || example.Options.Count == 0)
        {
            return LenientAnswer.IsRight(answer, example);
        }

        return OptionText.IndexOf(answer, example.Options) is int named
            && (named == right || OptionText.AreAlike(example.Options[named], example.Options[right]));
    }
}
