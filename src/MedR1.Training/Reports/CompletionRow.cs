namespace MedR1.Training;

/// <summary>A completion as shown in tables, with its prompt and its scores.</summary>
/// <param name="Prompt">The prompt that it answers.</param>
/// <param name="Completion">The completion.</param>
/// <param name="Score">Its score.</param>
/// <param name="Rewards">The rewards by name; null for one that did not apply.</param>
/// <param name="Advantage">Its advantage in its group; null in PPO, where advantages belong to tokens.</param>
public sealed record CompletionRow(
    VqaPrompt Prompt, Completion Completion, CompletionScore Score,
    IReadOnlyList<KeyValuePair<string, double?>> Rewards, double? Advantage)
{
    /// <summary>The example's id; null for a prompt without one.</summary>
    public string? Example => Prompt.Example?.Id;

    /// <summary>The question: the example's, including its options, or the prompt's text.</summary>
    public string Question => Prompt.Example?.Problem ?? string.Join(
        ' ', Prompt.Messages.SelectMany(message => message.Content).OfType<TextPart>().Select(part => part.Text));

    /// <summary>The completions of a rollout, one group after another.</summary>
    /// <param name="rollout">The rollout.</param>
    public static IEnumerable<CompletionRow> Of(Rollout rollout)
    {
        ArgumentNullException.ThrowIfNull(rollout);
        return rollout.Groups.SelectMany((group, index) => group.Completions.Select((completion, sample) =>
            new CompletionRow(
                group.Prompt, completion, group.Scores![sample],
                [.. rollout.RewardNames.Zip(group.Scores[sample].ByReward, KeyValuePair.Create)],
                rollout.HasAdvantages ? rollout.Advantages[index][sample] : null)));
    }
}
