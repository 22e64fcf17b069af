namespace MedR1.Training.Tests;

/// <summary>What tests of the <see cref="RewardScorer"/> give it.</summary>
internal static class Scoring
{
    public static DelegateReward Reward(string name, Func<RewardContext, double?> score) =>
        new(name, score);

    public static CompletionGroup Group(params int[] lengths) => new(
        VqaPrompt.Ask("?"),
        [.. lengths.Select((length, index) => new Completion
        {
            Text = "",
            TokenIds = [.. Enumerable.Repeat(1, length)],
            StopReason = StopReason.EndToken,
            SampleIndex = index,
        })]);
}
