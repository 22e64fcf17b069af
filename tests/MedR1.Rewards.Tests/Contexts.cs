namespace MedR1.Rewards.Tests;

internal static class Contexts
{
    /// <summary>A four-option question whose right answer is C, "CT".</summary>
    public static VqaExample Choice { get; } = new()
    {
        Id = "q",
        Question = "Which technique?",
        Options = ["MRI", "Ultrasound", "CT", "PET scan."],
        Answer = "CT",
        AnswerIndex = 2,
    };

    public static VqaExample Open { get; } = new() { Id = "o", Question = "What is seen?", Answer = "Edema" };

    public static RewardContext Of(string text, VqaExample? example = null, IReadOnlyList<int>? tokens = null) => new(
        VqaPrompt.Ask("?") with { Example = example ?? Choice },
        new Completion { Text = text, TokenIds = tokens ?? [1, 2], StopReason = StopReason.EndToken });

    /// <summary>An open question with the given answer.</summary>
    public static VqaExample Answer(string answer) => Open with { Answer = answer };

    public static async Task<double?> Score(this IReward reward, string text, VqaExample? example = null) =>
        await reward.ScoreAsync(Of(text, example));
}
