using MedR1.Datasets;
using MedR1.Evaluation;

namespace MedR1.Samples;

/// <summary>
/// How the quick start asks and scores: OmniMedVQA's question answering, where the answer is an option's text, in the answer tags of
/// Med-R1 without thinking.
/// </summary>
public static class QuickStartPrompt
{
    /// <summary>What stands behind the question and its options.</summary>
    public const string Instruction = "Answer with an option.";

    /// <summary>The template.</summary>
    public static IPromptTemplate Template { get; } = new TextPromptTemplate("quick-start", "{Question} " + Instruction);

    /// <summary>Right is the exact text of the right option in answer tags, and nothing else.</summary>
    public static IScoringRule Rule { get; } = new DelegateScoringRule("exact-option-text", (example, text) =>
    {
        string? answer = AnswerTags.FirstOnOneLine(text);
        return new ScoredAnswer(answer, answer == example.Answer);
    });
}
