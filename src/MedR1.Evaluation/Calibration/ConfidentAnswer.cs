namespace MedR1.Evaluation;

/// <summary>One answer's share of the calibration figures.</summary>
internal readonly record struct ConfidentAnswer(double Confidence, bool IsCorrect, double Brier, double LogLoss)
{
    private const double Tolerance = 1e-6;

    // As small as a double allows, so that one option of probability 0 doesn't make the whole mean infinite.
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
                + $"probabilities {string.Join(", ", probabilities)} add up to {sum}; give each option one, 1 together.");
        }

        int best = 0;
        double brier = 0;
        for (int i = 0; i < probabilities.Count; i++)
        {
            best = probabilities[i] > probabilities[best] ? i : best;
            brier += Math.Pow(probabilities[i] - (i == answer.Example.AnswerIndex ? 1 : 0), 2);
        }

        double right = probabilities[answer.Example.AnswerIndex!.Value];
        return new ConfidentAnswer(
            probabilities[best], best == answer.Example.AnswerIndex, brier,
            -Math.Log(Math.Max(right, LeastProbability)));
    }
}
