namespace MedR1.Rewards;

/// <summary>
/// Med-R1's accuracy reward (arXiv 2503.13939 and its released code), exactly: 1 if the stripped text in the first answer tags (or
/// the whole stripped text, if no line contains a pair of tags) equals the solution's, else 0. Case and dots matter. The released
/// code also consults a mathematics checker, which never finds an answer in a letter and so never changes the reward.
/// </summary>
/// <remarks>Does not apply to open questions, which have no letter as their answer.</remarks>
public sealed class ChoiceAccuracyReward : IReward
{
    /// <inheritdoc/>
    public string Name => "accuracy";

    /// <inheritdoc/>
    public ValueTask<double?> ScoreAsync(RewardContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ValueTask.FromResult<double?>(
            context.Example.AnswerIndex is null ? null : Score(context.Text, context.Example.Solution));
    }

    /// <summary>The reward of a text: 1 or 0.</summary>
    /// <param name="text">The model's output.</param>
    /// <param name="solution">The solution, in answer tags or bare.</param>
    public static double Score(string text, string solution) =>
        AnswerTags.StrippedOrWhole(text) == AnswerTags.StrippedOrWhole(solution) ? 1.0 : 0.0;
}
