namespace MedR1.Evaluation.Tests;

public sealed class CalibrationReportTests
{
    // Option 0 is always right. Confidence and whether right: 0.9 yes, 0.8 no, 0.6 yes, 0.7 no.
    private static readonly EvaluationReport s_report = EvaluationReport.Create("model", "rule",
        [Answer(0.9, 0.1), Answer(0.2, 0.8), Answer(0.6, 0.4), Answer(0.3, 0.7)]);

    // Two bins of width 1/2: all four in the upper one, accuracy 1/2, confidence 0.75. Five of width 1/5: (0.4, 0.6] contains
    // 0.6: |1 − 0.6|; (0.6, 0.8] contains 0.7 and 0.8: |0 − 0.75|; (0.8, 1] contains 0.9: |1 − 0.9|.
    [Theory]
    [InlineData(2, 0.25, 0.25, 1)]
    [InlineData(5, (0.4 + 2 * 0.75 + 0.1) / 4, 0.75, 3)]
    public void Expected_error_is_the_bins_mean_gap(int bins, double expected, double largest, int filled)
    {
        CalibrationReport calibration = CalibrationReport.Measure(s_report, new CalibrationOptions { Bins = bins });
        Assert.Equal(expected, calibration.ExpectedCalibrationError, 12);
        Assert.Equal(largest, calibration.MaximumCalibrationError, 12);
        Assert.Equal(filled, calibration.Bins.Count);
        Assert.Equal((new Accuracy(2, 4), 4), (calibration.Accuracy, calibration.Count));
        Assert.Equal(0.75, calibration.MeanConfidence, 12);
    }

    // Log loss: −(ln 0.9 + ln 0.2 + ln 0.6 + ln 0.3) / 4 = 0.857; the interval is Wilson's for 2 of 4.
    [Fact]
    public void It_prints_its_numbers() => Assert.Equal(
        "model (rule): 2 of 4 right, 50.0 % (15.0 to 85.0), mean confidence 75.0 %, ECE 25.0 points, Brier 0.650, -ln p 0.857",
        CalibrationReport.Measure(s_report, new CalibrationOptions { Bins = 2 }).ToString());

    // Sorted 0.6 yes, 0.7 no | 0.8 no, 0.9 yes: |1/2 − 0.65| and |1/2 − 0.85|, two each.
    [Fact]
    public void Bins_can_contain_equally_many_answers()
    {
        CalibrationReport calibration =
            CalibrationReport.Measure(s_report, new CalibrationOptions { Bins = 2, EqualCounts = true });
        Assert.Equal((0.15 + 0.35) / 2, calibration.ExpectedCalibrationError, 12);
        Assert.Equal([0.6, 0.8], calibration.Bins.Select(bin => bin.Low));
        Assert.Equal([0.7, 0.9], calibration.Bins.Select(bin => bin.High));
    }

    // With two options, (p − y)² counts twice: 2 · (0.01 + 0.64 + 0.16 + 0.49) / 4.
    [Fact]
    public void Brier_and_log_loss_are_over_all_options()
    {
        CalibrationReport calibration = CalibrationReport.Measure(s_report);
        Assert.Equal(0.65, calibration.BrierScore, 12);
        Assert.Equal(
            -(Math.Log(0.9) + Math.Log(0.2) + Math.Log(0.6) + Math.Log(0.3)) / 4,
            calibration.NegativeLogLikelihood, 12);
        Assert.Equal(
            0.75, CalibrationReport.Measure(EvaluationReport.Create("even", "r", [Answer(0.25, 0.25, 0.25, 0.25)])).BrierScore, 12);
    }

    // CT twice, 0.5 and 0.2, is one answer of 0.7: Brier 2 · 0.3², log loss −ln 0.7.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Options_of_equal_text_are_one_answer(int answerIndex)
    {
        EvaluatedAnswer answer = Answer(0.5, 0.2, 0.3) with { Example = Examples.Choice(answerIndex, "CT", "CT", "MR") };
        CalibrationReport calibration = CalibrationReport.Measure(EvaluationReport.Create("m", "r", [answer]));
        Assert.Equal(new Accuracy(1, 1), calibration.Accuracy);
        Assert.Equal(0.7, calibration.MeanConfidence, 12);
        Assert.Equal(0.18, calibration.BrierScore, 12);
        Assert.Equal(-Math.Log(0.7), calibration.NegativeLogLikelihood, 12);
    }

    // Guo et al. (arXiv 1706.04599) use 15. 0.65 · 15 = 9.75: the tenth bin, from 9/15 to 10/15.
    [Fact]
    public void There_are_15_bins_of_equal_width_by_default()
    {
        Assert.Equal(new CalibrationOptions { Bins = 15, EqualCounts = false }, new CalibrationOptions());
        ReliabilityBin bin = Assert.Single(
            CalibrationReport.Measure(EvaluationReport.Create("m", "r", [Answer(0.65, 0.35)])).Bins);
        Assert.Equal((9.0 / 15, 10.0 / 15), (bin.Low, bin.High));
    }

    // Bins are open below and closed above, even if the product of confidence and bins is rounded past an integer:
    // 28 / 50 · 50 is 28.000000000000004, and 2 / 3 less or more by one unit in the last place times 3 is 2.
    [Fact]
    public void A_confidence_at_a_bound_is_in_the_bin_that_ends_there()
    {
        foreach (int bins in (int[])[3, 15, 49, 50, 100])
        {
            for (int end = (bins + 1) / 2 + 1; end < bins; end++)
            {
                double bound = (double)end / bins;
                Assert.Equal(bound, BinOf(bound, bins).High);
                Assert.Equal(bound, BinOf(double.BitDecrement(bound), bins).High);
                Assert.Equal(bound, BinOf(double.BitIncrement(bound), bins).Low);
            }
        }

        static ReliabilityBin BinOf(double confidence, int bins) => Assert.Single(CalibrationReport.Measure(
            EvaluationReport.Create("m", "r", [Answer(confidence, 1 - confidence)]), new CalibrationOptions { Bins = bins }).Bins);
    }

    // The most probable option, the first among equals: option 0, with 0.4 of confidence.
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void Of_options_that_are_equally_probable_the_first_is_chosen(int answerIndex, int right)
    {
        EvaluatedAnswer answer = Answer(0.4, 0.4, 0.2) with { Example = Examples.Choice(answerIndex, "CT", "MR", "X-ray") };
        CalibrationReport calibration = CalibrationReport.Measure(EvaluationReport.Create("m", "r", [answer]));
        Assert.Equal((new Accuracy(right, 1), 0.4), (calibration.Accuracy, calibration.MeanConfidence));
    }

    [Fact]
    public void Wrong_certainty_stays_finite_and_the_ends_belong_to_bins()
    {
        CalibrationReport calibration =
            CalibrationReport.Measure(EvaluationReport.Create("sure", "r", [Answer(0, 1), Answer(1, 0)]));
        Assert.Equal((1, 0.5), (calibration.Bins.Count, calibration.ExpectedCalibrationError));
        Assert.InRange(calibration.NegativeLogLikelihood, 300, 400);
    }

    [Fact]
    public void Refuses_invalid_distributions()
    {
        Assert.Contains("add up to 0.9", Assert.Throws<ArgumentException>(
            () => CalibrationReport.Measure(EvaluationReport.Create("m", "r", [Answer(0.5, 0.4)]))).Message);
        Assert.Throws<ArgumentException>(
            () => CalibrationReport.Measure(EvaluationReport.Create("m", "r", [Answer(double.NaN, 1)])));
        Assert.Contains("1.5, -0.5 add up to 1;", Assert.Throws<ArgumentException>(
            () => CalibrationReport.Measure(EvaluationReport.Create("m", "r", [Answer(1.5, -0.5)]))).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => CalibrationReport.Measure(s_report, new CalibrationOptions { Bins = 0 }));
        Assert.Contains("No answer", Assert.Throws<ArgumentException>(
            () => CalibrationReport.Measure(Examples.Report("m", 1, 2))).Message);
    }

    private static EvaluatedAnswer Answer(params double[] probabilities) =>
        new(
            Examples.Choice(0, [.. Enumerable.Range(0, probabilities.Length).Select(i => $"o{i}")]), "", new ScoredAnswer("A", false))
        {
            OptionProbabilities = probabilities,
        };
}
