using System.Globalization;

namespace MedR1.Evaluation;

/// <summary>
/// How well a model's confidence matches its accuracy, based on the probabilities that it assigns to the options.
/// </summary>
/// <remarks>
/// The answer is the single most probable option, as in <see cref="OptionEvaluator"/>; its confidence, the Brier score and the log loss
/// add up the options that have the same text.
/// </remarks>
public sealed class CalibrationReport
{
    private CalibrationReport(
        string name, string rule, ReportOrigin origin, int count, IReadOnlyList<ReliabilityBin> bins, double brier,
        double logLoss, Accuracy accuracy, double meanConfidence)
    {
        Name = name;
        Rule = rule;
        Origin = origin;
        Count = count;
        Bins = bins;
        BrierScore = brier;
        NegativeLogLikelihood = logLoss;
        Accuracy = accuracy;
        MeanConfidence = meanConfidence;
    }

    /// <summary>The name of what was measured.</summary>
    public string Name { get; }

    /// <summary>How options were scored.</summary>
    public string Rule { get; }

    /// <summary>The model, data and seed that the figures come from.</summary>
    public ReportOrigin Origin { get; }

    /// <summary>Number of questions with probabilities for their options.</summary>
    public int Count { get; }

    /// <summary>The reliability table: non-empty bins, from the lowest to the highest confidence.</summary>
    public IReadOnlyList<ReliabilityBin> Bins { get; }

    /// <summary>The accuracy of the most probable option.</summary>
    public Accuracy Accuracy { get; }

    /// <summary>The mean probability of the most probable option, 0 to 1.</summary>
    public double MeanConfidence { get; }

    /// <summary>
    /// The expected calibration error (arXiv 1706.04599, equation 3): the mean over answers of the absolute difference between the
    /// accuracy and the mean confidence of their bin, 0 to 1. It says nothing about accuracy: a model that is unsure of everything
    /// and right by chance scores 0.
    /// </summary>
    public double ExpectedCalibrationError =>
        Bins.Sum(bin => bin.Accuracy.Count * Math.Abs(bin.Accuracy.Value - bin.MeanConfidence)) / Count;

    /// <summary>The largest such difference over all bins (equation 5 there); a single answer can cause it.</summary>
    public double MaximumCalibrationError => Bins.Max(bin => Math.Abs(bin.Accuracy.Value - bin.MeanConfidence));

    /// <summary>
    /// Brier's score (Monthly Weather Review 78, 1950) over all options, <c>mean of Σ (p − y)²</c>: 0 is perfect, 2 is certain and
    /// wrong, and equal probabilities for k options give <c>1 − 1/k</c>.
    /// </summary>
    public double BrierScore { get; }

    /// <summary>The mean of <c>−ln p</c> of the right option.</summary>
    public double NegativeLogLikelihood { get; }

    /// <summary>Measures the calibration of a report whose answers have option probabilities.</summary>
    /// <param name="report">The report; answers without probabilities are left out.</param>
    /// <param name="options">The measurement options; null for the defaults.</param>
    /// <exception cref="ArgumentException">No answer has probabilities, or some are not a distribution over the options.</exception>
    public static CalibrationReport Measure(EvaluationReport report, CalibrationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(report);
        options ??= new CalibrationOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Bins, 1, "options.Bins");
        ConfidentAnswer[] answers =
        [
            .. report.Answers.Where(answer => answer is { OptionProbabilities: not null, Example.AnswerIndex: not null })
                .Select(ConfidentAnswer.Of).OrderBy(answer => answer.Confidence),
        ];
        if (answers.Length == 0)
        {
            throw new ArgumentException(
                $"No answer of '{report.Name}' has option probabilities. Score the options one by one, as "
                + $"{nameof(OptionEvaluator)} does.", nameof(report));
        }

        IEnumerable<ReliabilityBin> bins = options.EqualCounts
            ? EqualCounts(answers, options.Bins)
            : EqualWidths(answers, options.Bins);
        return new CalibrationReport(
            report.Name, report.Rule, report.Origin, answers.Length, [.. bins], answers.Average(answer => answer.Brier),
            answers.Average(answer => answer.LogLoss), AccuracyOf(answers),
            answers.Average(answer => answer.Confidence));
    }

    /// <summary>Name, scoring rule and the main figures, on one line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Name} ({Rule}): {Accuracy}, mean confidence {MeanConfidence * 100:F1} %, ECE {ExpectedCalibrationError * 100:F1} "
        + $"points, Brier {BrierScore:F3}, -ln p {NegativeLogLikelihood:F3}");

    private static IEnumerable<ReliabilityBin> EqualWidths(ConfidentAnswer[] answers, int bins) => answers
        .GroupBy(answer => BinOf(answer.Confidence, bins))
        .OrderBy(group => group.Key)
        .Select(group => Bin((double)group.Key / bins, (group.Key + 1.0) / bins, [.. group]));

    // Because the product is rounded, a confidence at a bound could land in the adjacent bin: 0.07 * 100 is above 7.
    private static int BinOf(double confidence, int bins)
    {
        int bin = Math.Clamp((int)Math.Ceiling(confidence * bins) - 1, 0, bins - 1);
        return bin > 0 && confidence <= (double)bin / bins ? bin - 1
            : bin < bins - 1 && confidence > (bin + 1.0) / bins ? bin + 1 : bin;
    }

    private static IEnumerable<ReliabilityBin> EqualCounts(ConfidentAnswer[] answers, int bins)
    {
        int count = Math.Min(bins, answers.Length);
        for (int bin = 0; bin < count; bin++)
        {
            int from = (int)((long)answers.Length * bin / count);
            int to = (int)((long)answers.Length * (bin + 1) / count);
            ConfidentAnswer[] part = answers[from..to];
            yield return Bin(part[0].Confidence, part[^1].Confidence, part);
        }
    }

    private static ReliabilityBin Bin(double low, double high, ConfidentAnswer[] answers) =>
        new(low, high, AccuracyOf(answers), answers.Average(answer => answer.Confidence));

    private static Accuracy AccuracyOf(ConfidentAnswer[] answers) =>
        new(answers.Count(answer => answer.IsCorrect), answers.Length);
}
