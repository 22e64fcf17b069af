using MedR1.Evaluation;
using MedR1.Rewards;

namespace MedR1.Samples.CrossModality;

/// <summary>How a model is asked, rewarded and scored.</summary>
internal sealed record AnswerStyle(
    string Name, IPromptTemplate TrainingPrompt, IPromptTemplate TestPrompt, IScoringRule Rule, IReward Accuracy,
    FormatStyle Format, double FormatWeight, Func<VqaExample, string> Target, OptionScoring Options)
{
    /// <summary>Asks as the quick start does: for the option's text in answer tags, as the shipped base answers.</summary>
    public static AnswerStyle OptionText { get; } = new(
        "option-text", QuickStartPrompt.Template, QuickStartPrompt.Template, QuickStartPrompt.Rule, new OptionTextReward(),
        FormatStyle.NoThink, 0.2, example => $"<answer>{example.Answer}</answer>",
        OptionScoring.Texts(QuickStartPrompt.Template, "<answer>{0}</answer>"));

    /// <summary>Med-R1 with reasoning.</summary>
    public static AnswerStyle Think { get; } = new(
        "think", PromptTemplates.ThinkThenAnswer, PromptTemplates.EvaluationThink, ScoringRules.MedR1,
        new ChoiceAccuracyReward(), FormatStyle.Think, 1, example => example.Solution,
        OptionScoring.Letters(PromptTemplates.EvaluationAnswerOnly, "<answer> {0} </answer>"));

    /// <summary>Med-R1 without reasoning.</summary>
    public static AnswerStyle NoThink { get; } = new(
        "no-think", PromptTemplates.AnswerOnly, PromptTemplates.EvaluationAnswerOnly, ScoringRules.MedR1,
        new ChoiceAccuracyReward(), FormatStyle.NoThink, 1, example => example.Solution,
        OptionScoring.Letters(PromptTemplates.EvaluationAnswerOnly, "<answer> {0} </answer>"));

    public static IReadOnlyList<AnswerStyle> All { get; } = [OptionText, Think, NoThink];
}
