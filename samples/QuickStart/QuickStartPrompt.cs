namespace MedR1.Samples;

/// <summary>The quick start's prompt: Med-R1's no-think wording, cut to what a small model needs.</summary>
public static class QuickStartPrompt
{
    /// <summary>What stands behind the question and its options.</summary>
    public const string Instruction = "Answer with the letter.";

    /// <summary>The template.</summary>
    public static IPromptTemplate Template { get; } = new TextPromptTemplate("quick-start", "{Question} " + Instruction);
}
