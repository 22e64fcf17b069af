namespace MedR1.Evaluation;

/// <summary>One question, the answer given, and its score under the rule.</summary>
/// <param name="Example">The question.</param>
/// <param name="Text">The model's output, or a baseline's choice.</param>
/// <param name="Scored">The answer that the rule found and whether it is right.</param>
public sealed record EvaluatedAnswer(VqaExample Example, string Text, ScoredAnswer Scored)
{
    /// <summary>The whole completion, if a model gave the answer.</summary>
    public Completion? Completion { get; init; }

    /// <summary>
    /// The probability of each option, in the options' order and adding up to 1, if they were scored one by one; used to measure
    /// calibration.
    /// </summary>
    public IReadOnlyList<double>? OptionProbabilities { get; init; }
}
