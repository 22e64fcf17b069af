using MedR1.Datasets;
using MedR1.Evaluation;

namespace MedR1.Samples;

/// <summary>
/// How the quick start asks and scores: OmniMedVQA's question answering, where the answer is an option's text in Med-R1's answer tags,
/// without thinking.
/// </summary>
public static class QuickStartPrompt
{
    /// <summary>The text after the question and its options.</summary>
    public const string Instruction = "Answer with an option.";

    /// <summary>The template.</summary>
    public static IPromptTemplate Template { get; } = new TextPromptTemplate("quick-start", "{Question} " + Instruction);

    /// <summary>An answer is right if it is the exact text of the right option in answer tags, and nothing else.</summary>
    public static IScoringRule Rule { get; } = new DelegateScoringRule("exact-option-text", (example, text) =>
    {
        string? answer = AnswerTags.FirstOnOneLine(text);
        return new ScoredAnswer(answer, answer == example.Answer);
    });
}
