namespace MedR1.Evaluation;

/// <summary>One answer's contribution to the calibration figures.</summary>
internal readonly record struct ConfidentAnswer(double Confidence, bool IsCorrect, double Brier, double LogLoss)
{
    private const double Tolerance = 1e-6;

    // The smallest double, so that one option with probability 0 doesn't make the whole mean infinite.
    private const double LeastProbability = double.Epsilon;

    public static ConfidentAnswer Of(EvaluatedAnswer answer)
    {
        IReadOnlyList<double> probabilities = answer.OptionProbabilities!;
        double sum = probabilities.Sum();
        if (probabilities.Count != answer.Example.Options.Count || probabilities.Any(p => !(p is >= 0 and <= 1 + Tolerance))
            || Math.Abs(sum - 1) > Tolerance)
        {
            throw new ArgumentException(
                $"'{answer.Example.Id}' has {answer.Example.Options.Count} options, but the {probabilities.Count} "
                + $"probabilities {string.Join(", ", probabilities.Select(p => p.ToText()))} add up to {sum.ToText()}; "
                + "give one for each option, with a sum of 1.");
        }

        // Options are compared by text, as in OptionEvaluator: options with the same text are one answer.
        IReadOnlyList<string> options = answer.Example.Options;
        string chosen = options[Enumerable.Range(0, options.Count).MaxBy(i => probabilities[i])];
        string right = options[answer.Example.AnswerIndex!.Value];
        double brier = options.Distinct().Sum(text => Math.Pow(Probability(text) - (text == right ? 1 : 0), 2));
        return new ConfidentAnswer(
            Probability(chosen), chosen == right, brier, -Math.Log(Math.Max(Probability(right), LeastProbability)));

        double Probability(string text) => probabilities.Where((_, i) => options[i] == text).Sum();
    }
}
