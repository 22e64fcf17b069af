namespace MedR1.Samples.CustomReward;

/// <summary>
/// A reward implemented as a class: half a point for an answer that names no option, none for a wrong option, one for the right one. It
/// abstains on open questions, which leaves their completions out of the statistics instead of scoring them 0.
/// </summary>
internal sealed class AdmitsDoubtReward : IReward
{
    public string Name => "admits-doubt";

    public ValueTask<double?> ScoreAsync(RewardContext context, CancellationToken cancellationToken = default)
    {
        if (context.Example.AnswerIndex is not int right)
        {
            return ValueTask.FromResult<double?>(null);
        }

        int? named = OptionText.IndexOf(AnswerTags.StrippedOrWhole(context.Text), context.Example.Options);
        double score = named is null ? 0.5 : named == right ? 1 : 0;
        return ValueTask.FromResult<double?>(score);
    }
}
