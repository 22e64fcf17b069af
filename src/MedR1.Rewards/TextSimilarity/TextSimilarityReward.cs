namespace MedR1.Rewards;

/// <summary>The similarity of the completion's answer to the example's answer, for questions whose answer is a phrase.</summary>
public sealed class TextSimilarityReward : IReward
{
    private readonly SimilarityMeasure _measure;
    private readonly bool _requireTags;

    /// <summary>Creates the reward.</summary>
    /// <param name="measure">How texts are compared.</param>
    /// <param name="requireTags">Whether a text without answer tags earns 0; otherwise the whole text is taken as the answer.</param>
    /// <param name="name">The name in logs and metrics; null for <c>text_similarity</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such measure.</exception>
    public TextSimilarityReward(
        SimilarityMeasure measure = SimilarityMeasure.TokenF1, bool requireTags = true, string? name = null)
    {
        if (!Enum.IsDefined(measure))
        {
            throw new ArgumentOutOfRangeException(
                nameof(measure), measure, "Use TokenF1, LevenshteinRatio or SequenceMatcher.");
        }

        _measure = measure;
        _requireTags = requireTags;
        Name = RewardName.Or(name, "text_similarity");
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ValueTask<double?> ScoreAsync(RewardContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ValueTask.FromResult<double?>(AnswerText.Of(context.Text, _requireTags) is string answer
            ? Score(PythonText.Strip(answer), PythonText.Strip(context.Example.Answer), _measure) : 0.0);
    }

    /// <summary>The reward of two texts: 0 to 1.</summary>
    /// <param name="predicted">The answer given.</param>
    /// <param name="reference">The reference answer.</param>
    /// <param name="measure">How they are compared.</param>
    public static double Score(string predicted, string reference, SimilarityMeasure measure) => measure switch
    {
        SimilarityMeasure.TokenF1 => TextSimilarity.TokenF1(predicted, reference),
        SimilarityMeasure.LevenshteinRatio => TextSimilarity.LevenshteinRatio(predicted, reference),
        _ => SequenceMatcher.Ratio(predicted, reference),
    };
}
