using static System.FormattableString;

namespace MedR1.Evaluation.Reports;

/// <summary>The number formats of all documents.</summary>
internal static class Numbers
{
    public static string PerCent(double? share) => share is double value ? Invariant($"{value * 100:F1}") : "–";

    public static string Points(double? difference) =>
        difference is double value ? Invariant($"{value * 100:+0.0;-0.0;0.0}") : "–";

    public static string Interval(Accuracy accuracy) =>
        Invariant($"{accuracy.Low * 100:F0}–{accuracy.High * 100:F0}");

    public static string WithInterval(Accuracy accuracy) =>
        Invariant($"{accuracy.Value * 100:F1} ({accuracy.Low * 100:F1} to {accuracy.High * 100:F1})");

    public static string PValue(double value) => value < 0.0001 ? "< 0.0001" : Invariant($"{value:F4}");
}
