namespace MedR1.Samples.CustomReward;

/// <summary>
/// A reward in a class: half a point for an answer without a letter, none for a wrong letter, one for the right letter. It
/// abstains on open questions, which leaves it out of their statistics instead of scoring them 0.
/// </summary>
internal sealed class AdmitsDoubtReward : IReward
{
    public string Name => "admits-doubt";

    public ValueTask<double?> ScoreAsync(RewardContext context, CancellationToken cancellationToken = default)
    {
        if (context.Example.AnswerLetter is not string right)
        {
            return ValueTask.FromResult<double?>(null);
        }

        string[] letters = [.. context.Text.Split(' ', '<', '>', '/').Where(word => OptionLetters.IndexOf(word) is not null).Distinct()];
        double score = letters.Length == 0 ? 0.5 : letters is [string only] && only == right ? 1 : 0;
        return ValueTask.FromResult<double?>(score);
    }
}
