namespace MedR1.Evaluation;

/// <summary>One question, what was said to it, and what the rule made of it.</summary>
/// <param name="Example">The question.</param>
/// <param name="Text">What the model said, or what a baseline chose.</param>
/// <param name="Scored">What the rule read and whether it is right.</param>
public sealed record EvaluatedAnswer(VqaExample Example, string Text, ScoredAnswer Scored)
{
    /// <summary>The whole completion, where a model gave the answer.</summary>
    public Completion? Completion { get; init; }

    /// <summary>
    /// How likely each option is, in the options' order and adding up to 1, where they were scored one by one; calibration
    /// is measured on them.
    /// </summary>
    public IReadOnlyList<double>? OptionProbabilities { get; init; }
}
