namespace MedR1;

/// <summary>The prompts of Med-R1 (arXiv 2503.13939 and its released code), word for word.</summary>
public static class PromptTemplates
{
    /// <summary>Med-R1's training prompt: reasoning in think tags, then the letter in answer tags.</summary>
    public static IPromptTemplate ThinkThenAnswer { get; } = new TextPromptTemplate(
        "med-r1-think",
        "{Question} Your task: 1. Think through the question step by step, enclose your reasoning process in <think>...</think> " +
        "tags. 2. Then provide the correct single-letter choice (A, B, C, D,...) inside <answer>...</answer> tags. 3. No extra " +
        "information or text outside of these tags.");

    /// <summary>Med-R1's no-think training prompt: the letter in answer tags, nothing else.</summary>
    public static IPromptTemplate AnswerOnly { get; } = new TextPromptTemplate(
        "med-r1-no-think",
        "{Question} Your task: 1. Provide the correct single-letter choice (A, B, C, D,...) inside <answer>...</answer> tags. 2. " +
        "No extra information or text outside of this tag.");

    /// <summary>
    /// Answer first, rationale after. The paper's latest version mentions this variant, but no prompt for it was released; this
    /// text is modelled on the other two.
    /// </summary>
    public static IPromptTemplate AnswerThenThink { get; } = new TextPromptTemplate(
        "think-after",
        "{Question} Your task: 1. Provide the correct single-letter choice (A, B, C, D,...) inside <answer>...</answer> tags. 2. " +
        "Then explain your reasoning process in <think>...</think> tags. 3. No extra information or text outside of these tags.");

    /// <summary>Med-R1's evaluation prompt with reasoning.</summary>
    public static IPromptTemplate EvaluationThink { get; } = new TextPromptTemplate(
        "med-r1-evaluation-think",
        "{Question} Think through the question step by step in <think>...</think> tags. Then provide the correct single-letter " +
        "choice (A, B, C, D,...) inside <answer>...</answer> tags.");

    /// <summary>Med-R1's evaluation prompt without reasoning.</summary>
    public static IPromptTemplate EvaluationAnswerOnly { get; } = new TextPromptTemplate(
        "med-r1-evaluation-no-think",
        "{Question} Provide the correct single-letter choice (A, B, C, D,...) inside <answer>...</answer> tags.");

    /// <summary>Med-R1's zero-shot evaluation prompt.</summary>
    public static IPromptTemplate ZeroShot { get; } = new TextPromptTemplate(
        "med-r1-zero-shot", "{Question} Provide the correct single-letter choice (A, B, C, D,...).");

    /// <summary>The question and its options, followed by nothing.</summary>
    public static IPromptTemplate Plain { get; } = new TextPromptTemplate("plain", "{Question}");
}
