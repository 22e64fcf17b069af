using System.Text.Encodings.Web;
using System.Text.Json;

namespace MedR1.Evaluation.Reports;

/// <summary>Writes a cross-domain report as JSON: every cell with its counts and interval; fractions are between 0 and 1.</summary>
internal static class CrossDomainJson
{
    /// <summary>The serializer options of all JSON reports.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static byte[] Write(CrossDomainReport report) => JsonSerializer.SerializeToUtf8Bytes(
        new
        {
            Format = "medr1-cross-domain-report/1",
            report.Title,
            report.Notes,
            Transfers = report.Transfers.Select(Transfer),
            Comparisons = report.Comparisons.Select(Comparison),
            Calibrations = report.Calibrations.Select(Calibration),
        },
        Options);

    // The means cover the domains with real images, as in the documents.
    private static object Transfer(TransferReport report) => new
    {
        report.Grouping,
        report.Domains,
        report.MissingDomains,
        report.SyntheticDomains,
        Questions = report.Questions.ToDictionary(pair => pair.Key, pair => new { pair.Value.Train, pair.Value.Test }),
        report.Chance,
        ZeroShot = Row(report.ZeroShot, report),
        Others = report.Others.Select(row => Row(row, report)),
        Blind = Matrix(report.Blind, report),
        Methods = report.Methods.Select(matrix => Matrix(matrix, report)),
        report.Comparison,
        ComparisonWithSynthetic = report.SyntheticDomains.Count > 0 ? report.ComparisonWithSynthetic : null,
    };

    private static object Row(TransferRow row, TransferReport report) => new
    {
        row.Name,
        row.Rule,
        row.Origin,
        row.Among(Real(report)).Mean,
        ByTest = row.ByTest.ToDictionary(pair => pair.Key, pair => Score(pair.Value)),
    };

    private static object Matrix(TransferMatrix matrix, TransferReport report) => new
    {
        matrix.Name,
        matrix.Rule,
        matrix.Origin,
        matrix.Among(Real(report)).Means,
        Gains = matrix.Among(Real(report)).Gains(report.ZeroShot),
        Cells = matrix.Cells.Select(cell => new
        {
            cell.Train,
            cell.Test,
            Score = Score(cell.Accuracy),
            Gain = matrix.Gain(cell.Train, cell.Test, report.ZeroShot),
        }),
    };

    private static string[] Real(TransferReport report) => [.. report.Domains.Except(report.SyntheticDomains)];

    public static object Score(Accuracy accuracy) => new
    {
        accuracy.Correct,
        Questions = accuracy.Count,
        Accuracy = accuracy.Value,
        accuracy.Low,
        accuracy.High,
    };

    private static object Comparison(ReportComparison comparison) => new
    {
        From = comparison.First.Name,
        FromRule = comparison.First.Rule,
        FromOrigin = comparison.First.Origin,
        To = comparison.Second.Name,
        ToRule = comparison.Second.Rule,
        ToOrigin = comparison.Second.Origin,
        comparison.Warnings,
        Overall = Test(comparison.Overall),
        Groups = comparison.Groups.Select(group => new
        {
            group.Grouping,
            group.Group,
            Test = Test(group.Test),
            group.AdjustedPValue,
        }),
        NewlyCorrect = comparison.NewlyCorrect.Select(pair => pair.First.Example.Id),
        NewlyIncorrect = comparison.NewlyIncorrect.Select(pair => pair.First.Example.Id),
    };

    private static object Test(McNemarTest test) => new
    {
        test.BothCorrect,
        test.OnlyFirstCorrect,
        test.OnlySecondCorrect,
        test.BothIncorrect,
        test.Difference,
        DifferenceLow = test.DifferenceInterval.Low,
        DifferenceHigh = test.DifferenceInterval.High,
        test.ExactPValue,
        test.CorrectedChiSquare,
        test.CorrectedChiSquarePValue,
    };

    public static object Calibration(CalibrationReport calibration) => new
    {
        calibration.Name,
        calibration.Rule,
        calibration.Origin,
        calibration.Count,
        calibration.ExpectedCalibrationError,
        calibration.MaximumCalibrationError,
        calibration.BrierScore,
        calibration.NegativeLogLikelihood,
        calibration.MeanConfidence,
        Bins = calibration.Bins.Select(bin => new { bin.Low, bin.High, bin.MeanConfidence, Score = Score(bin.Accuracy) }),
    };
}
