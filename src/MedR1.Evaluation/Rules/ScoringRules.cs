namespace MedR1.Evaluation;

/// <summary>The scoring rules of published work and of this library.</summary>
public static class ScoringRules
{
    /// <summary>Med-R1's evaluation: the word in the first answer tags equals the solution's; case matters.</summary>
    public static IScoringRule MedR1 { get; } = new DelegateScoringRule(
        "med-r1", (example, text) => Equal(AnswerTags.FirstWord(text), AnswerTags.FirstWord(example.Solution)));

    /// <summary>
    /// Med-R1's training reward as a rule: the stripped text in answer tags on one line, else the whole text.
    /// </summary>
    public static IScoringRule MedR1Training { get; } = new DelegateScoringRule(
        "med-r1-training",
        (example, text) => Equal(AnswerTags.StrippedOrWhole(text), AnswerTags.StrippedOrWhole(example.Solution)));

    /// <summary>
    /// The whole output equals the letter, without stripping, as in Med-R1's released scripts for Qwen2-VL without thinking and
    /// zero-shot.
    /// </summary>
    public static IScoringRule ExactOutput { get; } = new DelegateScoringRule(
        "exact-output", (example, text) => Equal(text, example.AnswerLetter ?? example.Answer));

    /// <summary>
    /// MedVLM-R1's evaluation (arXiv 2502.19634): the capital letter that stands alone in answer tags.
    /// </summary>
    public static IScoringRule MedVlmR1 { get; } = new DelegateScoringRule(
        "medvlm-r1",
        (example, text) => Equal(AnswerTags.FirstCapitalLetter(text), example.AnswerLetter ?? example.Answer));

    /// <summary>
    /// OmniMedVQA's question-answering score (arXiv 2402.09181): the option most similar to the whole output is the answer.
    /// </summary>
    public static IScoringRule OmniMedVqa { get; } = new OmniMedVqaRule();

    /// <summary>MedEvalKit's multiple choice (arXiv 2506.07044): a letter, else the most similar option.</summary>
    public static IScoringRule MedEvalKit { get; } = new MedEvalKitRule();

    /// <summary>
    /// A lenient rule of this library: letter, letter with text, option text, else the most similar option.
    /// </summary>
    public static IScoringRule Lenient { get; } = new LenientRule();

    /// <summary>All rules.</summary>
    public static IReadOnlyList<IScoringRule> All { get; } =
        [MedR1, MedR1Training, ExactOutput, MedVlmR1, OmniMedVqa, MedEvalKit, Lenient];

    /// <summary>The rule with a given name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="ArgumentException">There is no such rule.</exception>
    public static IScoringRule ByName(string name) => All.FirstOrDefault(rule => rule.Name == name)
        ?? throw new ArgumentException(
            $"Unknown scoring rule '{name}'. Known: {string.Join(", ", All.Select(rule => rule.Name))}.",
            nameof(name));

    private static ScoredAnswer Equal(string? answer, string? gold) =>
        new(answer, answer is not null && answer == gold);
}
